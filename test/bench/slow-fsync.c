/* A slow disk: every fsync and fdatasync of the process takes FSYNC_MS longer. Preloaded by bench.ts (--fsync-ms). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void linger(void) {
  const char *text = getenv("FSYNC_MS");
  long ms = text ? atol(text) : 0;
  struct timespec rest = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&rest, NULL);
}

int fsync(int fd) {
  int (*next)(int) = dlsym(RTLD_NEXT, "fsync");
  linger();
  return next(fd);
}

int fdatasync(int fd) {
  int (*next)(int) = dlsym(RTLD_NEXT, "fdatasync");
  linger();
  return next(fd);
}
