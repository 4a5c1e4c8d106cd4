namespace MiniGrad.Kernels.Gpu;

/// <summary>A graphics processor, or another device that a driver of graphics processors offers.</summary>
public sealed class GpuDevice : Device, IBackendDevice
{
    internal GpuDevice(string name, GpuDriver driver)
    {
        Name = name;
        Driver = driver;
        Pool = new(driver, name);
        Kernels = new(this);
        Backend = new GpuBackend(this);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Description => $"{Name} ({Facts.Name}, {Facts.Interface}, driver {Facts.Driver})";

    /// <summary>What the driver says of the device: model, memory, limits.</summary>
    public GpuFacts Facts => Driver.Facts;

    /// <inheritdoc/>
    public Backend Backend { get; }

    /// <summary>
    /// Whether products and convolutions of F32 tensors round their operands to TF32 (10 bits of fraction) and run on tensor
    /// cores; sums stay F32. Off by default; holds for what is computed from then on. Throws on a device without tensor cores.
    /// </summary>
    public bool OnTensorCores
    {
        get => ((GpuBackend)Backend).OnTensorCores;
        set
        {
            if (value && !Facts.HasTensorCores)
            {
                throw new DeviceException(
                    $"tf32: {Name} ({Facts.Name}, {Facts.Interface}) has no tensor cores, which only CUDA offers. Use --precision f32.");
            }
            ((GpuBackend)Backend).OnTensorCores = value;
        }
    }

    /// <summary>Bytes that tensors and scratch memory may take at once; nine tenths of the device's memory by default.</summary>
    public long MemoryCap
    {
        get => Pool.Cap;
        set => Pool.Cap = value;
    }

    /// <summary>The most bytes that were in use at once.</summary>
    public long PeakBytes => Pool.PeakBytes;

    internal GpuDriver Driver { get; }

    internal GpuPool Pool { get; }

    internal GpuKernels Kernels { get; }

    /// <inheritdoc/>
    public override Storage Allocate(DType type, long count)
    {
        Arena? arena = Arena.Current;
        var storage = new GpuStorage(this, type, count);
        arena?.Note(storage);
        return storage;
    }

    /// <summary>Waits until everything that was asked for is computed: for measuring times.</summary>
    public void Wait() => Driver.Wait();
}
