using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace MiniGrad.Fuzz;

/// <summary>
/// The most memory the process has held, as the kernel counts it (VmHWM of /proc/self/status, Linux only; 0 elsewhere): it
/// also sees what is not the collector's.
/// </summary>
internal sealed class ResidentMemory : IDisposable
{
    private readonly SafeFileHandle? status = OperatingSystem.IsLinux() ? File.OpenHandle("/proc/self/status") : null;
    private readonly byte[] text = new byte[4096];

    public long Peak()
    {
        if (status is null) return 0;
        ReadOnlySpan<byte> read = text.AsSpan(0, RandomAccess.Read(status, text, 0));
        int at = read.IndexOf("VmHWM:"u8);
        if (at < 0) return 0;
        read = read[(at + 6)..].TrimStart(" \t"u8);
        return Utf8Parser.TryParse(read, out long kilobytes, out _) ? 1024 * kilobytes : 0;
    }

    /// <summary>Lowers the peak to what is held now, where the system lets one.</summary>
    public void Reset()
    {
        if (status is null) return;
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then a growth that an earlier one hides stays unseen.
        }
    }

    public void Dispose() => status?.Dispose();
}
