using System.Diagnostics;
using MiniGrad.Bench.Peers;
using MiniGrad.Kernels.Gpu;

namespace MiniGrad.Bench.Gpu;

/// <summary>Times a group of rows on one device in one precision.</summary>
internal sealed class GpuTimes(GpuOptions options, GpuLog log)
{
    /// <summary>A processor that rehearses has about this part of a GPU's speed.</summary>
    private const int ProcessorShare = 64;

    private readonly string precision = options.OnTensorCores ? "tf32" : "f32";
    private GpuDevice device = GpuDevices.Open(options.Device);

    public void Run()
    {
        if (options.OnTensorCores && !device.Facts.HasTensorCores)
        {
            Console.Error.WriteLine($"gpu:{options.Device}: no tensor cores, so no tf32.");
            return;
        }
        GpuRow[] rows = [.. GpuRows.All.Where(row => row.Group == options.Group && (row.IsQuick || !options.Quick))];
        if (rows.Length == 0) throw new PeerException($"gpu: no rows in the group \"{options.Group}\".");
        Use(device);
        Stopwatch clock = Stopwatch.StartNew();
        for (int i = 0; i < rows.Length; i++)
        {
            if (clock.Elapsed.TotalSeconds > options.Seconds)
            {
                log.Note($"gpu:{options.Device}, {precision}, {options.Group}: the time was used up; "
                    + $"{rows.Length - i} of {rows.Length} rows were left out.");
                return;
            }
            Measure(rows[i]);
        }
    }

    private void Use(GpuDevice opened)
    {
        device = opened;
        device.OnTensorCores = options.OnTensorCores;
        if (options.Memory is { } megabytes) device.MemoryCap = (long)megabytes << 20;
    }

    private void Measure(GpuRow plan)
    {
        int size = options.Processor && !device.Facts.IsGpu ? Math.Max(1, plan.Size / ProcessorShare) : plan.Size;
        while (true)
        {
            PeerRow row = plan.At(device, size);
            try
            {
                Measure(plan, size, row);
                return;
            }
            catch (DeviceMemoryException error) when (size > 1)
            {
                log.Note($"{row.Group}: {row.Name}: {error.Message} Going on with half the size.");
                size /= 2;
            }
            catch (Exception error)
                when (error is InvalidOperationException or ArgumentException or NotSupportedException or ArithmeticException)
            {
                log.Note($"gpu:{options.Device}, {precision}: {row.Group}: {row.Name}: {error.Message}");
                // After a fault a driver may refuse everything that follows.
                Use(GpuDevices.OpenAnother(options.Device));
                return;
            }
            finally
            {
                // What the row drew goes back before the next one asks.
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
    }

    private void Measure(GpuRow plan, int size, PeerRow row)
    {
        Action action = row.Prepare();
        double seconds = GpuClock.Median(action, device.Wait);
        long launches = device.Kernels.Launches;
        TransferCount transfers = device.Transfers.Snapshot();
        action();
        device.Wait();
        log.Row(options.Device, precision, plan, size, row, seconds,
            device.Kernels.Launches - launches, device.Transfers.Snapshot() - transfers);
    }
}
