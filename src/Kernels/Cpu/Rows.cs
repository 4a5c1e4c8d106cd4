namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// The one strided traversal. Up to four operands of one shape are read as rows: axes that all operands walk evenly are
/// merged, the last becomes the row, the others count rows.
/// </summary>
internal unsafe struct Rows
{
    public const int MaxOperands = 4;

    private fixed long sizes[Shape.MaxRank];
    private fixed long strides[Shape.MaxRank * MaxOperands];
    private fixed long offsets[MaxOperands];
    private readonly int operands;
    private int axes;

    /// <summary>Elements of a row.</summary>
    public long Length { get; private set; }

    /// <summary>Number of rows.</summary>
    public long Count { get; private set; }

    public Rows(Layout a, Layout b) : this(a, b, b, b, 2)
    {
    }

    public Rows(Layout a, Layout b, Layout c) : this(a, b, c, c, 3)
    {
    }

    public Rows(Layout a, Layout b, Layout c, Layout d, int operands = 4)
    {
        this.operands = operands;
        Shape shape = a.Shape;
        Add(0, a);
        Add(1, b);
        if (operands > 2) Add(2, c);
        if (operands > 3) Add(3, d);
        if (a.IsContiguous && b.IsContiguous && (operands < 3 || c.IsContiguous) && (operands < 4 || d.IsContiguous))
        {
            axes = 1;
            sizes[0] = Length = shape.Count;
            Count = Length == 0 ? 0 : 1;
            for (int i = 0; i < operands; i++) strides[i * Shape.MaxRank] = 1;
            return;
        }
        // Merge from the last axis outwards: axis i joins the one after it when every operand steps over it evenly.
        axes = 0;
        long* size = stackalloc long[Shape.MaxRank];
        int* from = stackalloc int[Shape.MaxRank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            if (shape[axis] == 1) continue;
            if (axes > 0 && Even(a, b, c, d, axis, from[axes - 1], size[axes - 1]))
            {
                size[axes - 1] *= shape[axis];
                continue;
            }
            size[axes] = shape[axis];
            from[axes++] = axis;
        }
        Length = axes > 0 ? size[0] : 1;
        Count = 1;
        for (int i = 0; i < axes; i++)
        {
            sizes[i] = size[i];
            if (i > 0) Count *= size[i];
            strides[i] = a.Stride(from[i]);
            strides[Shape.MaxRank + i] = b.Stride(from[i]);
            strides[2 * Shape.MaxRank + i] = c.Stride(from[i]);
            strides[3 * Shape.MaxRank + i] = d.Stride(from[i]);
        }
        if (shape.Count == 0) Count = 0;
    }

    /// <summary>The step between neighbours of a row of an operand.</summary>
    public readonly long Step(int operand) => axes == 0 ? 0 : strides[operand * Shape.MaxRank];

    /// <summary>Where a row of an operand starts.</summary>
    public readonly long Start(int operand, long row)
    {
        long at = offsets[operand];
        for (int i = 1; i < axes && row != 0; i++)
        {
            long position = row % sizes[i];
            row /= sizes[i];
            at += position * strides[operand * Shape.MaxRank + i];
        }
        return at;
    }

    /// <summary>A place to walk on from, row by row.</summary>
    public readonly Cursor From(long row) => new(this, row);

    /// <summary>The number of axes left after merging; 0 is the row.</summary>
    public readonly int Axes => axes;

    public readonly int Operands => operands;

    public readonly long Size(int axis) => sizes[axis];

    public readonly long Stride(int operand, int axis) => strides[operand * Shape.MaxRank + axis];

    private void Add(int operand, Layout layout) => offsets[operand] = layout.Offset;

    private readonly bool Even(Layout a, Layout b, Layout c, Layout d, int axis, int inner, long size) =>
        a.Stride(axis) == a.Stride(inner) * size
        && b.Stride(axis) == b.Stride(inner) * size
        && (operands < 3 || c.Stride(axis) == c.Stride(inner) * size)
        && (operands < 4 || d.Stride(axis) == d.Stride(inner) * size);
}

/// <summary>Where a row of each operand starts; the next row is found by additions, where <see cref="Rows.Start"/> divides.</summary>
internal unsafe struct Cursor
{
    private fixed long positions[Shape.MaxRank];
    private fixed long at[Rows.MaxOperands];

    public Cursor(in Rows rows, long row)
    {
        for (int operand = 0; operand < rows.Operands; operand++) at[operand] = rows.Start(operand, row);
        for (int axis = 1; axis < rows.Axes && row != 0; axis++)
        {
            positions[axis] = row % rows.Size(axis);
            row /= rows.Size(axis);
        }
    }

    public readonly long At(int operand) => at[operand];

    public void Next(in Rows rows)
    {
        for (int axis = 1; axis < rows.Axes; axis++)
        {
            bool wraps = ++positions[axis] == rows.Size(axis);
            long steps = wraps ? 1 - rows.Size(axis) : 1;
            for (int operand = 0; operand < rows.Operands; operand++) at[operand] += steps * rows.Stride(operand, axis);
            if (!wraps) return;
            positions[axis] = 0;
        }
    }
}
