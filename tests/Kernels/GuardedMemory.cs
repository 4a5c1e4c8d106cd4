using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MiniGrad.Tests.Kernels;

/// <summary>Memory from the system between two pages that nobody may touch; goes back all at once.</summary>
/// <param name="atEnd">Whether what is allocated ends at a guard or begins at one.</param>
internal sealed unsafe partial class GuardedMemory(bool atEnd) : IDisposable
{
    private const int Page = 4096;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly List<(nint At, nint Size)> maps = [];

    /// <summary>Uninitialised elements.</summary>
    public float* Floats(long count)
    {
        nint bytes = checked((nint)count * sizeof(float));
        nint inside = (bytes + Page - 1) / Page * Page;
        nint at = Map(0, inside + 2 * Page, ReadWrite, PrivateAnonymous, -1, 0);
        if (at == -1) throw new Win32Exception();
        maps.Add((at, inside + 2 * Page));
        if (Protect(at, Page, 0) != 0 || Protect(at + Page + inside, Page, 0) != 0) throw new Win32Exception();
        return (float*)(atEnd ? at + Page + inside - bytes : at + Page);
    }

    /// <summary>Elements with small numbers in them.</summary>
    public float* Filled(long count)
    {
        float* values = Floats(count);
        for (long i = 0; i < count; i++) values[i] = (i * 7 % 11 - 5) / 8f;
        return values;
    }

    /// <summary>Elements that are not numbers, until a kernel writes them.</summary>
    public float* Unwritten(long count)
    {
        float* values = Floats(count);
        for (long i = 0; i < count; i++) values[i] = float.NaN;
        return values;
    }

    public void Dispose()
    {
        foreach ((nint at, nint size) in maps) _ = Unmap(at, size);
        maps.Clear();
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nint length);
}
