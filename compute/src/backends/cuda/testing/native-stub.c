// A library with the names and calling conventions of the CUDA driver, to check how arguments reach native code. Memory is the
// process's own; the one kernel copies `count` doubles and adds one to each.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t Address;
static int context, module, kernel, stream;
static int current;

int cuInit(unsigned flags) { return flags; }
int cuDriverGetVersion(int *version) { *version = 12020; return 0; }
int cuGetErrorName(int code, const char **name) { *name = code == 218 ? "CUDA_ERROR_INVALID_PTX" : "CUDA_ERROR_OTHER"; return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
int cuDeviceGetName(char *name, int bytes, int device) { snprintf(name, bytes, "Native %d", device); return 0; }
int cuDeviceGetUuid_v2(unsigned char *uuid, int device) { for (int i = 0; i < 16; i++) uuid[i] = 16 * device + i; return 0; }
int cuDeviceGetAttribute(int *value, int attribute, int device) { *value = attribute == 75 ? 9 : 0; return device; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = 80ull << 30; return device; }
int cuDevicePrimaryCtxRetain(void **out, int device) { *out = &context; return device; }
int cuCtxSetCurrent(void *given) { current = given == &context; return current ? 0 : 201; }

int cuModuleLoadDataEx(void **out, const char *text, unsigned count, unsigned *options, void **values) {
  if (count != 2 || options[0] != 5 || options[1] != 6) return 1;
  if (strcmp(text, "the text")) {
    snprintf(values[0], (size_t)values[1], "no module: %s", text);
    return 218;
  }
  *out = &module;
  return current ? 0 : 201;
}

int cuModuleUnload(void *given) { return given == &module ? 0 : 400; }

int cuModuleGetFunction(void **out, void *given, const char *name) {
  *out = &kernel;
  return given == &module && !strcmp(name, "copy") ? 0 : 500;
}

int cuMemAlloc_v2(Address *out, size_t bytes) { *out = (Address)malloc(bytes); return 0; }
int cuMemFree_v2(Address address) { free((void *)address); return 0; }

int cuMemcpyHtoDAsync_v2(Address address, const void *bytes, size_t count, void *given) {
  memcpy((void *)address, bytes, count);
  return given == &stream ? 0 : 400;
}

int cuMemcpyDtoHAsync_v2(void *bytes, Address address, size_t count, void *given) {
  memcpy(bytes, (void *)address, count);
  return given == &stream ? 0 : 400;
}

int cuStreamCreate(void **out, unsigned flags) { *out = &stream; return flags != 1; }
int cuStreamSynchronize(void *given) { return given == &stream ? 0 : 400; }
int cuStreamDestroy_v2(void *given) { return given == &stream ? 0 : 400; }

int cuLaunchKernel(void *given, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                   unsigned blockZ, unsigned sharedBytes, void *onStream, void **parameters, void **extra) {
  struct { uint32_t count; double *from; double *to; } *arguments = extra[1];
  if (given != &kernel || onStream != &stream || parameters || sharedBytes) return 400;
  if (gridX * blockX < arguments->count || gridY * gridZ * blockY * blockZ != 1) return 1;
  if (extra[0] != (void *)1 || extra[2] != (void *)2 || *(size_t *)extra[3] != sizeof *arguments || extra[4]) return 1;
  for (uint32_t i = 0; i < arguments->count; i++) arguments->to[i] = arguments->from[i] + 1;
  return 0;
}
