namespace MiniGrad.Kernels.Gpu;

/// <summary>What the status codes of the CUDA driver mean, in words.</summary>
internal static class CudaStatus
{
    public const int OutOfMemory = 2;

    /// <summary>Throws unless a call went well.</summary>
    /// <param name="text">The driver's own words, for codes that are not in this table.</param>
    public static void Check(int code, string call, Func<int, string> text)
    {
        if (code == 0) return;
        string message = $"gpu: CUDA: {call}: {Sentence(code) ?? $"the driver says: {text(code)} (code {code})."}";
        if (code == OutOfMemory) throw new DeviceMemoryException(message);
        throw new DeviceException(message);
    }

    /// <summary>None for a code that only the driver knows.</summary>
    public static string? Sentence(int code) => code switch
    {
        1 => "a value is out of its range.",
        OutOfMemory => "the device's memory is full. Use a smaller batch.",
        3 => "the driver is not started. Restart the computer, or reload the driver.",
        4 => "the driver is shutting down.",
        34 => "the CUDA library is a stub that comes without a driver. Install NVIDIA's driver.",
        46 => "the device is not available now. Another program may hold it alone.",
        100 => "the driver finds no device that it may use.",
        101 => "there is no such device.",
        200 or 218 => "the driver cannot compile the kernels. Use the same card through OpenCL.",
        201 => "the context is gone.",
        209 => "the kernels are not for this card. Use the same card through OpenCL.",
        214 => "the device's memory has an error that cannot be corrected. Restart the computer; if it stays so, the card is broken.",
        221 => "the driver has no compiler for PTX (libnvidia-ptxjitcompiler.so). "
            + "Install the whole driver, or use the same card through OpenCL.",
        222 => "the driver is too old for the kernels. Install one of CUDA 12.0 or later, or use the same card through OpenCL.",
        223 => "the compiler of the driver is turned off (CUDA_DISABLE_PTX_JIT). Unset it, or use the same card through OpenCL.",
        304 => "the operating system refused a call of the driver. Reload the driver.",
        400 => "a handle is gone.",
        500 => "a name is not there.",
        // From here on the context is lost: every later call gives the same code.
        700 => "a kernel read or wrote outside its memory. Start the program again, and report this.",
        701 => "the device ran out of registers or threads for a kernel. Use the same card through OpenCL.",
        702 => "a kernel took longer than the driver allows on a card with a screen. Start the program again with a smaller batch.",
        709 => "the context is gone. Start the program again.",
        710 or 714 or 715 or 716 or 717 or 718 or 719 => "a kernel died. Start the program again, and report this.",
        802 => "the system is not ready: the fabric manager of a machine with several cards is not running.",
        803 => "the driver's library and its kernel module are of different versions. Restart the computer.",
        804 => "the driver does not support this card with this library. Install the driver's own library.",
        999 => "the driver failed without a reason. Reload the driver.",
        _ => null,
    };
}
