//! A table that many states share: copied when it changes, hashed once, and kept once where two are the same.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, Weak};

use ahash::RandomState;

/// A table that is shared. The store remembers it weakly, which keeps the box, and not what was in it.
pub type Shared<T> = Arc<Box<T>>;

/// A table of a state.
#[derive(Debug)]
pub struct Kept<T> {
    value: Shared<T>,
    hash: u64,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Kept { value: Arc::clone(&self.value), hash: self.hash }
    }
}

impl<T: PartialEq> PartialEq for Kept<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.value, &other.value) || (self.hash == other.hash && self.value == other.value)
    }
}

impl<T: Eq> Eq for Kept<T> {}

impl<T> Hash for Kept<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash.hash(state);
    }
}

impl<T> std::ops::Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

type Shelf<T> = HashMap<u64, Weak<Box<T>>>;

/// All tables that some state has, by kind.
#[derive(Debug, Default)]
pub struct Store {
    shelves: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

impl Store {
    /// Keeps what a step has left of a table: `before`, where nothing has changed.
    pub fn keep<T>(&self, value: Shared<T>, before: Option<&Kept<T>>) -> Kept<T>
    where
        T: Eq + Hash + Send + Sync + 'static,
    {
        if let Some(before) =
            before.filter(|before| Arc::ptr_eq(&before.value, &value) || *before.value == *value)
        {
            return before.clone();
        }
        let hash = RandomState::with_seeds(1, 2, 3, 4).hash_one(&**value);
        let mut shelves = self.shelves.lock().unwrap();
        let shelf = shelves.entry(TypeId::of::<T>()).or_insert_with(|| Box::new(Shelf::<T>::new()));
        let shelf = shelf.downcast_mut::<Shelf<T>>().unwrap();
        if let Some(same) = shelf.get(&hash).and_then(Weak::upgrade).filter(|same| **same == *value) {
            return Kept { value: same, hash };
        }
        if shelf.len().is_power_of_two() {
            shelf.retain(|_, kept| kept.strong_count() > 0);
        }
        shelf.insert(hash, Arc::downgrade(&value));
        Kept { value, hash }
    }
}

impl<T> Kept<T> {
    /// To be changed by a step.
    pub fn share(&self) -> Shared<T> {
        Arc::clone(&self.value)
    }
}
