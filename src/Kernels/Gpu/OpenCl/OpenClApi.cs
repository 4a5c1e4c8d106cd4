using System.Runtime.InteropServices;

namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// The functions of OpenCL 1.2 that MiniGrad calls, by address. They come from the system's loader, or, where a vendor's
/// library is there without a loader (as in many containers), from the table that each platform of that library points to.
/// </summary>
internal sealed unsafe class OpenClApi
{
    // cl_icd.h fixes the order of a platform's table.
    private static readonly string[] TableOrder =
    [
        "clGetPlatformIDs", "clGetPlatformInfo", "clGetDeviceIDs", "clGetDeviceInfo", "clCreateContext", "clCreateContextFromType",
        "clRetainContext", "clReleaseContext", "clGetContextInfo", "clCreateCommandQueue", "clRetainCommandQueue", "clReleaseCommandQueue",
        "clGetCommandQueueInfo", "clSetCommandQueueProperty", "clCreateBuffer", "clCreateImage2D", "clCreateImage3D", "clRetainMemObject",
        "clReleaseMemObject", "clGetSupportedImageFormats", "clGetMemObjectInfo", "clGetImageInfo", "clCreateSampler", "clRetainSampler",
        "clReleaseSampler", "clGetSamplerInfo", "clCreateProgramWithSource",
        "clCreateProgramWithBinary", "clRetainProgram", "clReleaseProgram",
        "clBuildProgram", "clUnloadCompiler", "clGetProgramInfo", "clGetProgramBuildInfo", "clCreateKernel", "clCreateKernelsInProgram",
        "clRetainKernel", "clReleaseKernel", "clSetKernelArg", "clGetKernelInfo",
        "clGetKernelWorkGroupInfo", "clWaitForEvents", "clGetEventInfo",
        "clRetainEvent", "clReleaseEvent", "clGetEventProfilingInfo", "clFlush", "clFinish", "clEnqueueReadBuffer", "clEnqueueWriteBuffer",
        "clEnqueueCopyBuffer", "clEnqueueReadImage", "clEnqueueWriteImage", "clEnqueueCopyImage", "clEnqueueCopyImageToBuffer",
        "clEnqueueCopyBufferToImage", "clEnqueueMapBuffer", "clEnqueueMapImage", "clEnqueueUnmapMemObject", "clEnqueueNDRangeKernel",
    ];

    public readonly delegate* unmanaged<uint, nint*, uint*, int> GetPlatforms;
    public readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetPlatformInfo;
    public readonly delegate* unmanaged<nint, ulong, uint, nint*, uint*, int> GetDevices;
    public readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetDeviceInfo;
    public readonly delegate* unmanaged<nint*, uint, nint*, nint, nint, int*, nint> CreateContext;
    public readonly delegate* unmanaged<nint, nint, ulong, int*, nint> CreateQueue;
    public readonly delegate* unmanaged<nint, ulong, nuint, void*, int*, nint> CreateBuffer;
    public readonly delegate* unmanaged<nint, int> ReleaseBuffer;
    public readonly delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint> CreateProgram;
    public readonly delegate* unmanaged<nint, uint, nint*, nuint*, byte**, int*, int*, nint> CreateProgramOfBinary;
    public readonly delegate* unmanaged<nint, int> ReleaseProgram;
    public readonly delegate* unmanaged<nint, uint, nint*, byte*, nint, nint, int> BuildProgram;
    public readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> GetProgramInfo;
    public readonly delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> GetBuildInfo;
    public readonly delegate* unmanaged<nint, byte*, int*, nint> CreateKernel;
    public readonly delegate* unmanaged<nint, uint, nuint, void*, int> SetArgument;
    public readonly delegate* unmanaged<nint, int> Flush;
    public readonly delegate* unmanaged<nint, int> Finish;
    public readonly delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint, nint*, int> Read;
    public readonly delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint, nint*, int> Write;
    public readonly delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint, nint*, int> Launch;

    private OpenClApi(Func<string, nint> find)
    {
        GetPlatforms = (delegate* unmanaged<uint, nint*, uint*, int>)find("clGetPlatformIDs");
        GetPlatformInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)find("clGetPlatformInfo");
        GetDevices = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)find("clGetDeviceIDs");
        GetDeviceInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)find("clGetDeviceInfo");
        CreateContext = (delegate* unmanaged<nint*, uint, nint*, nint, nint, int*, nint>)find("clCreateContext");
        CreateQueue = (delegate* unmanaged<nint, nint, ulong, int*, nint>)find("clCreateCommandQueue");
        CreateBuffer = (delegate* unmanaged<nint, ulong, nuint, void*, int*, nint>)find("clCreateBuffer");
        ReleaseBuffer = (delegate* unmanaged<nint, int>)find("clReleaseMemObject");
        CreateProgram = (delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)find("clCreateProgramWithSource");
        CreateProgramOfBinary = (delegate* unmanaged<nint, uint, nint*, nuint*, byte**, int*, int*, nint>)find("clCreateProgramWithBinary");
        ReleaseProgram = (delegate* unmanaged<nint, int>)find("clReleaseProgram");
        BuildProgram = (delegate* unmanaged<nint, uint, nint*, byte*, nint, nint, int>)find("clBuildProgram");
        GetProgramInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)find("clGetProgramInfo");
        GetBuildInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)find("clGetProgramBuildInfo");
        CreateKernel = (delegate* unmanaged<nint, byte*, int*, nint>)find("clCreateKernel");
        SetArgument = (delegate* unmanaged<nint, uint, nuint, void*, int>)find("clSetKernelArg");
        Flush = (delegate* unmanaged<nint, int>)find("clFlush");
        Finish = (delegate* unmanaged<nint, int>)find("clFinish");
        Read = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint, nint*, int>)find("clEnqueueReadBuffer");
        Write = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint, nint*, int>)find("clEnqueueWriteBuffer");
        Launch = (delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint, nint*, int>)find("clEnqueueNDRangeKernel");
    }

    /// <summary>The functions and platforms that a loader offers.</summary>
    public static IEnumerable<(OpenClApi Api, nint Platform)> OfLoader(nint library)
    {
        OpenClApi api = new(name => NativeLibrary.GetExport(library, name));
        return Array.ConvertAll(Platforms(api.GetPlatforms), platform => (api, platform));
    }

    /// <summary>The same of a vendor's library without a loader: the first word of a platform points to its table of functions.</summary>
    public static IEnumerable<(OpenClApi Api, nint Platform)> OfVendor(nint library)
    {
        var address = (delegate* unmanaged<byte*, nint>)NativeLibrary.GetExport(library, "clGetExtensionFunctionAddress");
        fixed (byte* name = "clIcdGetPlatformIDsKHR"u8)
        {
            nint platforms = address(name);
            if (platforms == 0) return [];
            return Array.ConvertAll(Platforms((delegate* unmanaged<uint, nint*, uint*, int>)platforms), platform =>
            {
                nint* table = *(nint**)platform;
                return (new OpenClApi(function => table[Array.IndexOf(TableOrder, function)]), platform);
            });
        }
    }

    private static nint[] Platforms(delegate* unmanaged<uint, nint*, uint*, int> get)
    {
        uint count = 0;
        // Without any platform the call fails with a code of its own: there are none.
        if (get(0, null, &count) != 0 || count == 0) return [];
        nint[] platforms = new nint[count];
        fixed (nint* to = platforms) OpenClStatus.Check(get(count, to, null), "clGetPlatformIDs");
        return platforms;
    }
}
