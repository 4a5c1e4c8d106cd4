namespace MiniGrad.Kernels.Gpu;

/// <summary>What OpenCL's status codes mean, in words.</summary>
internal static class OpenClStatus
{
    public const int NoDevice = -1;
    public const int BuildFailure = -11;
    public const int OutOfMemory = -4;

    /// <summary>At an allocation the memory is full; anywhere else NVIDIA's driver means that a kernel died.</summary>
    public const int OutOfResources = -5;

    /// <summary>Throws unless a call went well.</summary>
    public static void Check(int code, string call)
    {
        if (code == 0) return;
        if (code == OutOfMemory) throw new DeviceMemoryException($"gpu: {call}: {Sentence(code)}");
        throw new DeviceException($"gpu: {call}: {Sentence(code)}");
    }

    public static string Sentence(int code) => code switch
    {
        -1 => "there is no such device.",
        -2 => "the device is not available now. Another program may hold it alone.",
        -3 => "the driver has no compiler.",
        -4 => "the device's memory is full. Use a smaller batch.",
        -5 => "the device ran out of resources, or a kernel died. Start again; if it stays so, use a smaller batch or restart the driver.",
        -6 => "the host's memory is full.",
        -9 => "the two memory regions overlap.",
        -11 => "a kernel does not compile.",
        -14 => "an earlier command of the queue failed: the device or its driver died on the way.",
        -30 => "a value is out of its range.",
        -33 => "the device is none of this context.",
        -34 => "the context is gone.",
        -36 => "the queue is gone.",
        -38 => "the memory is gone.",
        -42 => "the cached program is of another driver.",
        -44 => "the program is gone.",
        -45 => "the program was not built.",
        -46 => "the program has no kernel of this name.",
        -48 => "the kernel is gone.",
        -49 => "the kernel has no argument of this number.",
        -50 or -51 => "an argument does not fit the kernel.",
        -52 => "not all arguments of the kernel are set.",
        -53 => "the work has too many axes.",
        -54 => "the device does not run groups of this size.",
        -55 => "an axis of the groups is longer than the device allows.",
        -61 => "the device holds no block of this size. Use a smaller batch.",
        -1001 => "the loader found no driver. Install the one of the GPU's vendor.",
        -9999 => "a kernel read or wrote outside its memory.",
        _ => $"the driver answered with code {code}.",
    };
}
