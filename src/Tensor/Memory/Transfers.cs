namespace MiniGrad;

/// <summary>Counts what moves between the host and a device, from any thread. Whoever copies a storage's bytes adds to it.</summary>
public sealed class Transfers
{
    private long uploads;
    private long uploadedBytes;
    private long downloads;
    private long downloadedBytes;

    /// <summary>Counts one copy of that many bytes to the device.</summary>
    public void AddUpload(long bytes)
    {
        Interlocked.Increment(ref uploads);
        Interlocked.Add(ref uploadedBytes, bytes);
    }

    /// <summary>Counts one copy of that many bytes back.</summary>
    public void AddDownload(long bytes)
    {
        Interlocked.Increment(ref downloads);
        Interlocked.Add(ref downloadedBytes, bytes);
    }

    /// <summary>The counts so far; the difference of two is what happened between them.</summary>
    public TransferCount Snapshot() =>
        new(Interlocked.Read(ref uploads), Interlocked.Read(ref uploadedBytes),
            Interlocked.Read(ref downloads), Interlocked.Read(ref downloadedBytes));
}
