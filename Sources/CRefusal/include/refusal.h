// What the system refuses: memory and threads.
#pragma once

/// Makes a refusal end the program with exit 7 and a sentence, where otherwise Swift's runtime would trap or a library
/// would wait without a word. `leave` is called once before an end for want of threads; it may use what it likes.
///
/// - Memory: `malloc` and its kin note on the thread what they could not give. A trap, an abort or a wrong access on that
///   thread afterwards is the runtime's answer to it. Code that looks at the null goes on as it wants; where one thread
///   is refused one size again and again, somebody waits for what does not come.
/// - Threads: `pthread_create` is tried for a second; libraries would try for ever.
void cutline_refusal_install(void (*leave)(void));

/// From here on, memory of a megabyte and more goes back to the system when it is freed, so that what is resident is what
/// is held. Where arrays come and go it takes some time.
void cutline_memory_returned(void);
