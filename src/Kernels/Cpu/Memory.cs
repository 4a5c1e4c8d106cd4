using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniGrad.Kernels.Cpu;

/// <summary>Typed access to the memory behind a view; offsets of views are applied by the loops.</summary>
internal static class Memory
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<T> Of<T>(in View view) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(((CpuStorage)view.Storage).Bytes);
}
