namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// Where a product goes, and what is done to it last. Items are counted over two axes as in <see cref="MatrixPanels{T}"/>;
/// columns may run over several images of <see cref="Period"/> pixels.
/// </summary>
internal readonly unsafe struct GemmOutput<T>(
    T* c, long rowStep, in Tail<T> tail, long outerStep = 0, long inner = 1, long innerStep = 0, int period = int.MaxValue, long periodStep = 0)
    where T : unmanaged
{
    public long RowStep => rowStep;

    public int Period => period;

    public Tail<T> Tail { get; } = tail;

    public T* At(long item, int row, int column) =>
        c + item / inner * outerStep + item % inner * innerStep + row * rowStep + column / period * periodStep + column % period;

    /// <summary>Shift, residual and ReLU of a finished tile, while it is in the first cache.</summary>
    public void Finish(T* tile, long item, int row, int rows, int column, int columns)
    {
        for (int i = 0; i < rows; i++, tile += rowStep)
        {
            Tail.Finish(tile, tile - c, Tail.AlongRows ? column : (int)(item % inner) * Tail.Filters + row + i, columns);
        }
    }
}
