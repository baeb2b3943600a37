#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| yilian_fuzz::targets::certificate(bytes));
