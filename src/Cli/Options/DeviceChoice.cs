using System.Globalization;
using MiniGrad.Kernels.Gpu;
using MiniGrad.Lab;

namespace MiniGrad.Cli.Options;

/// <summary>Turns the name of a device, as it is typed, into the device.</summary>
internal static class DeviceChoice
{
    private static readonly string[] Names = ["cpu", "auto", "gpu", "gpu:0"];

    /// <summary>
    /// The device: a GPU is opened and, at the first use with its driver, tested against the processor. Only <c>auto</c> falls
    /// back to the processor, and says why.
    /// </summary>
    public static Device Find(string given, Computing computing, Session session)
    {
        if (given == Device.Cpu.Name) return Device.Cpu;
        if (given == Device.Reference.Name) return Device.Reference;
        if (given == "gpu") return Said(GpuDevices.Best(session.Note, computing.TensorCores), session);
        if (given == "auto")
        {
            try
            {
                return Said(GpuDevices.Best(session.Note, computing.TensorCores), session);
            }
            catch (DeviceException none)
            {
                session.Note($"device: cpu ({Machine.Describe(computing.Threads)}), since {none.Message}");
                return Device.Cpu;
            }
        }
        if (given.StartsWith("gpu:", StringComparison.Ordinal)
            && int.TryParse(given.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            return Said(GpuDevices.Tested(index, session.Note), session);
        }
        throw new UsageException(Suggestion.Unknown("--device", given, Names));
    }

    private static GpuDevice Said(GpuDevice device, Session session)
    {
        session.Note($"device: {device.Description}");
        return device;
    }
}
