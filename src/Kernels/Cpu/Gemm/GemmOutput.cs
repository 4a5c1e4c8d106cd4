namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// Where a product goes, and what is done to it last. Items are counted over two axes as in <see cref="MatrixPanels{T}"/>;
/// columns may run over several images of <see cref="Period"/> pixels.
/// </summary>
internal readonly unsafe struct GemmOutput<T>(
    T* c, long rowStep, in EpiloguePointers<T> epilogue, long outerStep = 0,
    long inner = 1, long innerStep = 0, int period = int.MaxValue, long periodStep = 0)
    where T : unmanaged
{
    public long RowStep => rowStep;

    public int Period => period;

    public EpiloguePointers<T> Epilogue { get; } = epilogue;

    public T* At(long item, int row, int column) =>
        c + item / inner * outerStep + item % inner * innerStep + row * rowStep + column / period * periodStep + column % period;

    /// <summary>Shift, residual and ReLU of a finished tile, while it is in the first cache.</summary>
    public void Apply(T* tile, long item, int row, int rows, int column, int columns)
    {
        for (int i = 0; i < rows; i++, tile += rowStep)
        {
            Epilogue.Apply(tile, tile - c, Epilogue.AlongRows ? column : (int)(item % inner) * Epilogue.Filters + row + i, columns);
        }
    }
}
