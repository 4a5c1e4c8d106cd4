using MiniGrad.Kernels;

namespace MiniGrad.Tests.Devices;

/// <summary>A device that is none of the known ones: the processor computes, and no tensor may have more than so many bytes.</summary>
internal sealed class LimitedDevice(long bytes = long.MaxValue) : Device, IBackendDevice
{
    public override string Name => "limited";

    public Backend Backend { get; } = Backend.For(Cpu);

    public override Storage Allocate(DType type, long count)
    {
        if (count * type.Size() > bytes)
        {
            throw new DeviceMemoryException($"{Name}: a tensor of {count * type.Size()} bytes does not fit into {bytes}.");
        }
        Arena? arena = Arena.Current;
        CpuStorage storage = new(this, type, count, arena is not null);
        arena?.Note(storage);
        return storage;
    }
}
