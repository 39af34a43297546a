#include <readstat.h>
#include <iconv.h>
