//! Placeholder until the module is written.
#![no_std]
#![no_main]
