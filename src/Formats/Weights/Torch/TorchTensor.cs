namespace MiniGrad.Formats.Weights;

/// <summary>
/// A tensor of a PyTorch file: the elements of a storage that an offset, sizes and strides pick out, all of which lie in it.
/// </summary>
internal sealed class TorchTensor
{
    public const int MostAxes = 64;

    private TorchTensor(TorchStorage storage, long offset, long[] shape, long[] strides, long at)
    {
        Storage = storage;
        Offset = offset;
        Shape = shape;
        Strides = strides;
        At = at;
    }

    public TorchStorage Storage { get; }

    public long Offset { get; }

    public long[] Shape { get; }

    public long[] Strides { get; }

    /// <summary>Where the pickle makes the tensor, for errors.</summary>
    public long At { get; }

    /// <summary>The number of elements.</summary>
    public long Count { get; private init; }

    /// <summary>How many elements of the storage lie from the first to the last of the tensor, both included.</summary>
    public long Reach { get; private init; }

    /// <summary>Whether the elements lie one after another in row-major order.</summary>
    public bool IsContiguous
    {
        get
        {
            long step = 1;
            for (int axis = Shape.Length - 1; axis >= 0; axis--)
            {
                if (Shape[axis] != 1 && Strides[axis] != step) return Count == 0;
                step *= Shape[axis];
            }
            return true;
        }
    }

    /// <summary>Refuses whatever does not lie in the storage; memory is not taken yet.</summary>
    public static TorchTensor Make(PickleInput input, TorchStorage storage, long offset, long[] shape, long[] strides, long at)
    {
        if (shape.Length != strides.Length) throw input.Bad(at, $"a tensor has {shape.Length} sizes and {strides.Length} strides");
        if (shape.Length > MostAxes) throw input.Bad(at, $"a tensor has {shape.Length} axes, at most {MostAxes} are possible");
        string shown = $"a tensor of sizes [{string.Join(", ", shape)}], strides [{string.Join(", ", strides)}] and offset {offset}";
        Int128 product = 1;
        Int128 last = 0;
        bool empty = false;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (shape[axis] < 0 || strides[axis] < 0) throw input.Bad(at, $"{shown} has negative numbers");
            empty |= shape[axis] == 0;
            // An empty tensor may not hide absurd other sizes either, so zeros do not stop the product.
            product *= Math.Max(1, shape[axis]);
            last += (Int128)Math.Max(0, shape[axis] - 1) * strides[axis];
            if (product > long.MaxValue || last > long.MaxValue) throw input.Bad(at, $"{shown} has more than 2^63 elements");
        }
        if (offset < 0 || offset > storage.Count || (!empty && last >= storage.Count - offset))
        {
            throw input.Bad(at, $"{shown} does not lie in its storage of {storage.Count} elements. The file is damaged: fetch it again");
        }
        return new(storage.Root ?? storage, storage.Start + offset, shape, strides, at)
        {
            Count = empty ? 0 : (long)product,
            Reach = empty ? 0 : (long)last + 1,
        };
    }
}
