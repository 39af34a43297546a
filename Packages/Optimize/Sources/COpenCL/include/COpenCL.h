// The OpenCL library, found when the program runs, and the kernels' text.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#ifndef CL_TARGET_OPENCL_VERSION
#define CL_TARGET_OPENCL_VERSION 120
#endif
#include <CL/cl.h>

#pragma clang assume_nonnull begin

/// The functions in use, as X(member, name in the library).
#define CUTLINE_OPENCL_FUNCTIONS(X) \
  X(get_platform_ids, clGetPlatformIDs) \
  X(get_platform_info, clGetPlatformInfo) \
  X(get_device_ids, clGetDeviceIDs) \
  X(get_device_info, clGetDeviceInfo) \
  X(create_context, clCreateContext) \
  X(release_context, clReleaseContext) \
  X(create_command_queue, clCreateCommandQueue) \
  X(release_command_queue, clReleaseCommandQueue) \
  X(create_program_with_source, clCreateProgramWithSource) \
  X(build_program, clBuildProgram) \
  X(get_program_build_info, clGetProgramBuildInfo) \
  X(release_program, clReleaseProgram) \
  X(create_kernel, clCreateKernel) \
  X(set_kernel_arg, clSetKernelArg) \
  X(release_kernel, clReleaseKernel) \
  X(create_buffer, clCreateBuffer) \
  X(release_mem_object, clReleaseMemObject) \
  X(enqueue_write_buffer, clEnqueueWriteBuffer) \
  X(enqueue_read_buffer, clEnqueueReadBuffer) \
  X(enqueue_nd_range_kernel, clEnqueueNDRangeKernel) \
  X(finish, clFinish)

typedef struct {
#define CUTLINE_OPENCL_MEMBER(member, function) __typeof__(function) *member;
  CUTLINE_OPENCL_FUNCTIONS(CUTLINE_OPENCL_MEMBER)
#undef CUTLINE_OPENCL_MEMBER
} cutline_opencl;

/// Opens the library and finds all functions. NULL where it is absent or lacks one; `problem` then says which, in at
/// most `size` bytes. The library stays open until the program ends.
const cutline_opencl *_Nullable cutline_opencl_load(const char *library, char *problem, size_t size);

/// Gives PoCL, which keeps what it compiles in the home folder and finds no device where it cannot, a private temporary
/// folder instead, unless POCL_CACHE_DIR names one. Whether it did; asking PoCL for its devices again then helps.
bool cutline_opencl_redirect_cache(void);

/// The text of the exhaustive scan.
const char *cutline_kernel_exhaustive(void);

#pragma clang assume_nonnull end
