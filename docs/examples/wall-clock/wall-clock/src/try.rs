//! A client to try the service with: it calls each method, says what came back, and ends.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

use module_rt::{Connection, Init, InitError, Manifest, log};

use wall_clock::WallClockClient;

module_rt::program! {
    manifest: Manifest::new("wall-clock-try"),
    main: try_it,
}

fn try_it(init: &mut Init) -> Result<(), InitError> {
    // Waits until there is one.
    let clock: WallClockClient<Connection> = init.client()?;
    let now = match clock.now() {
        Ok(now) => now,
        Err(error) => {
            log!("the time: {error}");
            return Ok(());
        }
    };
    log!("it is {now}");
    match clock.wait_until(now.saturating_add(1)) {
        Ok(then) => log!("waited for {} s", then.saturating_sub(now)),
        Err(error) => log!("waiting: {error}"),
    }
    Ok(())
}
