using System.Runtime.InteropServices;

namespace MiniGrad.Kernels.Cpu;

/// <summary>A thread's scratch memory: aligned, kept between kernels, grown when needed.</summary>
internal sealed unsafe class Workspace<T> where T : unmanaged
{
    [ThreadStatic]
    private static Workspace<T>? mine;

    private T[] memory = [];

    public static Workspace<T> Mine => mine ??= new();

    /// <summary>At least that many elements, on a 64-byte boundary; what was there before is lost.</summary>
    public T* Reserve(long count)
    {
        int spare = 64 / sizeof(T);
        if (memory.Length < count + spare) memory = GC.AllocateUninitializedArray<T>(checked((int)count + spare), pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0);
        return (T*)((address + 63) & ~63);
    }
}
