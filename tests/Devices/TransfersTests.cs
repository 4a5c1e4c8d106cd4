using Xunit;

namespace MiniGrad.Tests.Devices;

/// <summary>Every copy between the host and a device is counted with its bytes.</summary>
public class TransfersTests
{
    [Fact]
    public void CopiesAreCountedWhereTheyAreOfAnotherDevice()
    {
        LimitedDevice device = new();
        TransferCount start = device.Transfers.Snapshot();
        Tensor x = Tensor.From([1f, 2, 3], [3], device);
        Tensor moved = Ops.Ones([2, 2], DType.F64).To(device);
        Assert.Equal(new TransferCount(2, 12 + 32, 0, 0), device.Transfers.Snapshot() - start);
        TransferCount middle = device.Transfers.Snapshot();
        Assert.Equal([2f, 4, 6], (x + x).ToArray<float>());
        Assert.Equal([1.0, 1, 1, 1], moved.To(Device.Cpu).ToArray<double>());
        Assert.Equal(new TransferCount(0, 0, 2, 12 + 32), device.Transfers.Snapshot() - middle);
        Assert.Equal([1f, 2, 3], x.To(Device.Reference).To(device).ToArray<float>());
    }

    [Fact]
    public void TheProcessorCountsNothing()
    {
        Tensor.From([1f, 2]).ToArray<float>();
        Assert.Equal(default, Device.Cpu.Transfers.Snapshot());
    }

    [Fact]
    public void ThreadsLoseNoCount()
    {
        Transfers transfers = new();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                transfers.AddUpload(3);
                transfers.AddDownload(5);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(new TransferCount(40_000, 120_000, 40_000, 200_000), transfers.Snapshot());
    }

    [Fact]
    public void AViewMovesWithItsElementsOnly()
    {
        LimitedDevice device = new();
        Tensor rows = Ops.Concat([Ops.Zeros([1, 3]), Ops.Ones([1, 3])], 0);
        Assert.Equal([1f, 1, 1], rows.Take(0, new AxisRange(1, 1)).To(device).ToArray<float>());
        Assert.Equal([0f, 1, 0, 1, 0, 1], rows.Transpose().To(device).ToArray<float>());
        Assert.Equal(12 + 24, device.Transfers.Snapshot().UploadedBytes);
    }
}
