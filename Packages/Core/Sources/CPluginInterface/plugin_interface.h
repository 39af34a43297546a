// What a plugin says about itself before any of it runs: which interface of Core it was built against, by which
// toolchain. Compiled into the plugin, so it speaks of the Core and the compiler that the plugin was built with.
#ifndef CUTLINE_PLUGIN_INTERFACE_H
#define CUTLINE_PLUGIN_INTERFACE_H

/// Raised by one when a public declaration of Core or the layout of a public type changes; the recorded digest of both
/// is `interface.digest` beside this file, and `scripts/test-plugins` compares.
#define CUTLINE_PLUGIN_INTERFACE 8

#define CUTLINE_PLUGIN_TEXT_OF(x) #x
#define CUTLINE_PLUGIN_TEXT(x) CUTLINE_PLUGIN_TEXT_OF(x)
// The version with the commit of the compiler that Swift is built on: no two toolchains share it.
#define CUTLINE_PLUGIN_RECORD CUTLINE_PLUGIN_TEXT(CUTLINE_PLUGIN_INTERFACE) " " __clang_version__

// An ELF note: readers find it in the file, without loading it.
static const struct {
  unsigned int name_size, record_size, type;
  char name[8];
  char record[(sizeof(CUTLINE_PLUGIN_RECORD) + 3) / 4 * 4];
} cutline_plugin_note __attribute__((used, aligned(4), section(".note.cutline"))) = {
    8, sizeof(cutline_plugin_note.record), 1, "Cutline", CUTLINE_PLUGIN_RECORD};

/// `NUMBER TOOLCHAIN`, as the code that calls this was compiled.
static inline const char *_Nonnull cutline_plugin_record(void) { return cutline_plugin_note.record; }

#endif
