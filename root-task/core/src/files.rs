//! Of which file a module's instances are made: its own, or a successor's that is tried once.
//!
//! ```text
//! own ──replace──▶ next ──start──▶ trial ──publish──▶ own (the successor's)
//!  ▲                └──────────────fail─┴──▶ own (as before)
//! ```
//!
//! There is one instance at a time: the trial begins when the running one has come to its end.

/// The files of one module; `F` says which file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Files<F> {
    own: F,
    successor: Option<Successor<F>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Successor<F> {
    /// The next instance is to be made of this.
    Next(F),
    /// The newest instance is made of this, and has not published.
    Trial(F),
}

impl<F: Clone> Files<F> {
    /// A module's own file.
    pub const fn new(own: F) -> Files<F> {
        Files { own, successor: None }
    }

    /// The next instance is to be made of `successor`.
    pub fn replace(&mut self, successor: F) {
        self.successor = Some(Successor::Next(successor));
    }

    /// An instance begins: the file that it is made of.
    pub fn start(&mut self) -> F {
        match self.successor.take() {
            Some(Successor::Next(file)) => {
                self.successor = Some(Successor::Trial(file.clone()));
                file
            }
            // A trial ends with its instance.
            Some(Successor::Trial(_)) | None => self.own.clone(),
        }
    }

    /// The newest instance has published: what it is made of is the module's own file from now on.
    pub fn publish(&mut self) {
        if let Some(Successor::Trial(file)) = &self.successor {
            *self = Files::new(file.clone());
        }
    }

    /// What the newest instance is made of.
    pub const fn newest(&self) -> &F {
        match &self.successor {
            Some(Successor::Trial(file)) => file,
            Some(Successor::Next(_)) | None => &self.own,
        }
    }

    /// Whether the newest instance is a successor's that has not published.
    pub const fn is_on_trial(&self) -> bool {
        matches!(self.successor, Some(Successor::Trial(_)))
    }

    /// The successor is given up, if there is one: the next instance is made of the module's own file. Gives the
    /// successor's.
    pub fn fail(&mut self) -> Option<F> {
        match self.successor.take()? {
            Successor::Next(file) | Successor::Trial(file) => Some(file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_proto::name::Name;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn files() -> (Name, Name, Files<Name>) {
        (name("echo"), name("echo-2"), Files::new(name("echo")))
    }

    #[test]
    fn restarts_are_made_of_the_modules_own_file() {
        let (own, _, mut files) = files();
        for _ in 0..3 {
            assert_eq!(files.start(), own);
            assert!(!files.is_on_trial());
            files.publish();
        }
        assert_eq!(files.fail(), None);
        assert_eq!(files.start(), own);
    }

    #[test]
    fn a_successor_that_publishes_is_the_modules_own_file() {
        let (_, successor, mut files) = files();
        files.replace(successor);
        assert!(!files.is_on_trial(), "the running instance is the old one yet");
        assert_eq!(files.start(), successor);
        assert!(files.is_on_trial());
        files.publish();
        assert!(!files.is_on_trial());
        assert_eq!((files.start(), files.fail()), (successor, None));
    }

    #[test]
    fn a_successor_that_fails_leaves_the_file_that_was_there() {
        let (own, successor, mut files) = files();
        files.replace(successor);
        files.start();
        assert_eq!(files.fail(), Some(successor));
        assert!(!files.is_on_trial());
        assert_eq!(files.start(), own);
        files.publish();
        assert_eq!(files.start(), own);
    }

    #[test]
    fn a_successor_that_never_began_is_given_up() {
        let (own, successor, mut files) = files();
        files.replace(successor);
        assert_eq!(files.fail(), Some(successor));
        assert_eq!(files.start(), own);
        files.replace(successor);
        files.publish();
        assert_eq!(files.start(), successor, "what publishes meanwhile is not the successor");
        files.fail();
        files.replace(own);
        assert_eq!(files.start(), own);
        assert!(files.is_on_trial(), "the same file again can fail, too");
    }

    #[test]
    fn a_trial_is_tried_once() {
        let (own, successor, mut files) = files();
        files.replace(successor);
        files.start();
        assert_eq!(files.start(), own, "its instance has ended, and nobody has said why");
    }

    #[test]
    fn the_newest_instance_is_made_of_what_is_on_trial() {
        let mut files = Files::new(name("own"));
        files.replace(name("next"));
        assert_eq!(*files.newest(), name("own"));
        files.start();
        assert_eq!(*files.newest(), name("next"));
        files.fail();
        assert_eq!(*files.newest(), name("own"));
        files.replace(name("next"));
        files.start();
        files.publish();
        assert_eq!(*files.newest(), name("next"));
    }
}
