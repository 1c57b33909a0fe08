//! A client to try the service with: it calls each method, says what came back, and ends.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

use counter::CounterClient;
use module_rt::{Connection, Init, InitError, Manifest, log};

module_rt::program! {
    manifest: Manifest::new("counter-try"),
    main: try_it,
}

fn try_it(init: &mut Init) -> Result<(), InitError> {
    // Waits until there is one.
    let service: CounterClient<Connection> = init.client()?;
    match service.add(3) {
        Ok(count) => log!("added 3: {count}"),
        Err(error) => log!("added 3: {error}"),
    }
    match service.count() {
        Ok(count) => log!("the count is {count}"),
        Err(error) => log!("the count: {error}"),
    }
    Ok(())
}
