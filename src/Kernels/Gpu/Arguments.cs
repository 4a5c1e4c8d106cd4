using System.Runtime.CompilerServices;

namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// The arguments of one launch, in order: their bytes one after another, and the storages they name, which must not be
/// given back before the launch. Instances go from launch to launch of a thread; naming a storage may itself launch what
/// the storage waits for, so there may be several.
/// </summary>
internal sealed unsafe class Arguments
{
    private const int MostBytes = 4096;
    private const int Most = 64;

    [ThreadStatic]
    private static Stack<Arguments>? idle;

    private readonly byte[] bytes = GC.AllocateArray<byte>(MostBytes, pinned: true);
    private readonly (int Start, int Size)[] places = new (int, int)[Most];
    private readonly Storage?[] storages = new Storage?[Most];
    private int used;

    /// <summary>No arguments yet.</summary>
    public static Arguments New() => idle is { } spare && spare.TryPop(out Arguments? arguments) ? arguments : new();

    public int Count { get; private set; }

    public void* At(int index) => (byte*)Unsafe.AsPointer(ref bytes[0]) + places[index].Start;

    public int Size(int index) => places[index].Size;

    /// <summary>A number or a struct.</summary>
    public Arguments Add<T>(T value) where T : unmanaged
    {
        int start = (used + 15) & ~15;
        Unsafe.WriteUnaligned(ref bytes[start], value);
        places[Count++] = (start, sizeof(T));
        used = start + sizeof(T);
        return this;
    }

    /// <summary>The memory of a storage; none is a null pointer for the kernel.</summary>
    public Arguments Add(Storage? storage)
    {
        nint memory = storage is null ? 0 : ((GpuStorage)storage).Memory;
        storages[Count] = storage;
        return Add(memory);
    }

    /// <summary>The memory of a view and the place of its first element.</summary>
    public Arguments Add(in View view) => Add(view.Storage).Add(view.Layout.Offset);

    /// <summary>The same of a view that may be missing.</summary>
    public Arguments Add(in View? view) => view is { } there ? Add(there) : Add((Storage?)null).Add(0L);

    /// <summary>A number in the type that kernels of an element type compute in.</summary>
    public Arguments AddReal(DType type, double value) => type == DType.F32 ? Add((float)value) : Add(value);

    /// <summary>Keeps a storage until the launch, without an argument for it.</summary>
    public Arguments Keep(Storage storage)
    {
        storages[Count] = storage;
        return this;
    }

    /// <summary>After the launch: ready for another.</summary>
    public void Release()
    {
        Array.Clear(storages, 0, Count);
        Count = 0;
        used = 0;
        (idle ??= new()).Push(this);
    }
}
