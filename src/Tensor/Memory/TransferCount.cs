namespace MiniGrad;

/// <summary>How often, and how many bytes, went to a device and came back.</summary>
public readonly record struct TransferCount(long Uploads, long UploadedBytes, long Downloads, long DownloadedBytes)
{
    /// <summary>What moved between two snapshots.</summary>
    public static TransferCount operator -(TransferCount later, TransferCount earlier) =>
        new(later.Uploads - earlier.Uploads, later.UploadedBytes - earlier.UploadedBytes,
            later.Downloads - earlier.Downloads, later.DownloadedBytes - earlier.DownloadedBytes);
}
