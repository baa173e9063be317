#pragma once

#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer with a program's arguments; it leaves the process when it is done. It is part of
/// the runtime that `-sanitize=fuzzer` links, which comes without a header.
int LLVMFuzzerRunDriver(
    int *argument_count, char ***arguments, int (*test)(const uint8_t *bytes, size_t count));
