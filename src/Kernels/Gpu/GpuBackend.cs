namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// The kernels of a GPU: each method names a kernel of the folder Kernels, its arguments and how many groups run it. Nothing
/// waits for the device; only downloads do.
/// </summary>
internal sealed partial class GpuBackend(GpuDevice device) : Backend
{
    /// <summary>Work items of a group, wherever a kernel does not say otherwise.</summary>
    internal const int Group = 256;

    /// <summary>The strided walk counts elements in 32 bits.</summary>
    private const long MostStrided = uint.MaxValue;

    private void Run(in KernelKey key, in Grid grid, Arguments arguments, Func<KernelKey, KernelProgram> program) =>
        device.Kernels.Run(key, grid, arguments, program);

    /// <summary>A program of one element type and one file.</summary>
    internal static KernelProgram Plain(KernelKey key) => KernelProgram.Of(key.Program, key.Type, "", key.Program);

    /// <summary>One file after math.cl.</summary>
    internal static KernelProgram WithMath(KernelKey key) => KernelProgram.Of(key.Program, key.Type, "", "math", key.Program);

    /// <summary>Scratch memory of this device for a call: goes back at once, since whoever gets it next queues behind.</summary>
    private GpuStorage Scratch(DType type, long count) => new(device, type, count);

    private static void CheckWalk(long count)
    {
        if (count > MostStrided)
        {
            throw new DeviceMemoryException(
                $"gpu: a strided walk of {count} elements; at most {MostStrided} are counted. Use a smaller batch.");
        }
    }
}
