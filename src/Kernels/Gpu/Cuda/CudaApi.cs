using System.Runtime.InteropServices;

namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// The functions of the CUDA driver that MiniGrad calls, by address, under the names that cuda.h gives them (the _v2 ones are
/// those with 64-bit sizes). Handles are nint, a device is an int, device memory a ulong; each returns a status, 0 for success.
/// </summary>
internal sealed unsafe class CudaApi(nint library)
{
    public readonly delegate* unmanaged<uint, int> Init = (delegate* unmanaged<uint, int>)Find(library, "cuInit");
    public readonly delegate* unmanaged<int*, int> DriverVersion = (delegate* unmanaged<int*, int>)Find(library, "cuDriverGetVersion");
    public readonly delegate* unmanaged<int*, int> DeviceCount = (delegate* unmanaged<int*, int>)Find(library, "cuDeviceGetCount");
    public readonly delegate* unmanaged<int*, int, int> Device = (delegate* unmanaged<int*, int, int>)Find(library, "cuDeviceGet");
    public readonly delegate* unmanaged<byte*, int, int, int> DeviceName =
        (delegate* unmanaged<byte*, int, int, int>)Find(library, "cuDeviceGetName");
    public readonly delegate* unmanaged<nuint*, int, int> DeviceMemory =
        (delegate* unmanaged<nuint*, int, int>)Find(library, "cuDeviceTotalMem_v2");
    public readonly delegate* unmanaged<int*, int, int, int> DeviceAttribute =
        (delegate* unmanaged<int*, int, int, int>)Find(library, "cuDeviceGetAttribute");
    public readonly delegate* unmanaged<nint*, int, int> RetainContext =
        (delegate* unmanaged<nint*, int, int>)Find(library, "cuDevicePrimaryCtxRetain");
    public readonly delegate* unmanaged<nint, int> SetContext = (delegate* unmanaged<nint, int>)Find(library, "cuCtxSetCurrent");
    public readonly delegate* unmanaged<nint*, uint, int> CreateStream =
        (delegate* unmanaged<nint*, uint, int>)Find(library, "cuStreamCreate");
    public readonly delegate* unmanaged<nint, int> Synchronize = (delegate* unmanaged<nint, int>)Find(library, "cuStreamSynchronize");
    public readonly delegate* unmanaged<ulong*, nuint, int> Allocate =
        (delegate* unmanaged<ulong*, nuint, int>)Find(library, "cuMemAlloc_v2");
    public readonly delegate* unmanaged<ulong, int> Free = (delegate* unmanaged<ulong, int>)Find(library, "cuMemFree_v2");
    public readonly delegate* unmanaged<ulong, void*, nuint, nint, int> Write =
        (delegate* unmanaged<ulong, void*, nuint, nint, int>)Find(library, "cuMemcpyHtoDAsync_v2");
    public readonly delegate* unmanaged<void*, ulong, nuint, nint, int> Read =
        (delegate* unmanaged<void*, ulong, nuint, nint, int>)Find(library, "cuMemcpyDtoHAsync_v2");
    public readonly delegate* unmanaged<nint*, void*, uint, int*, void**, int> LoadModule =
        (delegate* unmanaged<nint*, void*, uint, int*, void**, int>)Find(library, "cuModuleLoadDataEx");
    public readonly delegate* unmanaged<nint*, nint, byte*, int> Function =
        (delegate* unmanaged<nint*, nint, byte*, int>)Find(library, "cuModuleGetFunction");

    /// <summary>
    /// Function, groups along three axes, work items of a group along three axes, more local memory, stream,
    /// parameters, none.
    /// </summary>
    public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> Launch =
        (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Find(library, "cuLaunchKernel");

    private readonly delegate* unmanaged<int, byte**, int> text = (delegate* unmanaged<int, byte**, int>)Find(library, "cuGetErrorString");

    /// <summary>What the driver itself says of a status.</summary>
    public string Text(int status)
    {
        byte* found = null;
        return text(status, &found) == 0 && found is not null ? Marshal.PtrToStringUTF8((nint)found)! : "an unknown error";
    }

    private static nint Find(nint library, string name) => NativeLibrary.GetExport(library, name);
}
