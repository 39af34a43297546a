// The Swift driver links every executable with an object that announces it to the Swift runtime, and so with the
// runtime. This program has no Swift in it, and one that parses files nobody trusts should hold as little as possible;
// it also starts faster. With these two in their place the linker takes nothing from the (static) runtime.
#include <stdbool.h>
#include <stddef.h>

void swift_addNewDSOImage(const void *image);
bool _swift_backtrace_isThunkFunction(const char *name);

void swift_addNewDSOImage(const void *image) { (void)image; }

bool _swift_backtrace_isThunkFunction(const char *name) { return name == NULL; }
