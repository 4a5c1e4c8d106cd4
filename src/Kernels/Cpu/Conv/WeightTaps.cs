namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// The weights of one plane for a run of filters, tap by tap: to [tap][lanes], with a filter a lane. Taps of a plane are
/// neighbours in every layout of weights, so a few blocks turned on their side do it.
/// </summary>
internal readonly unsafe struct WeightTaps(float* weights, float* end, long filterStep, long planeStep, int[] places)
{
    /// <summary>
    /// Lanes from valid to <paramref name="lanes"/>, a multiple of a block's side, become 0; lines are
    /// <paramref name="lineStep"/> apart.
    /// </summary>
    public void Read(int plane, int filter, int valid, int lanes, float* to, long lineStep)
    {
        int side = Transpose.Side;
        int count = places.Length;
        int area = 0;
        foreach (int place in places) area = Math.Max(area, place + 1);
        float* from = weights + plane * planeStep + filter * filterStep;
        float* block = stackalloc float[side * side];
        int* lines = stackalloc int[side];
        for (int i = 0; i < side; i++) lines[i] = i * side;
        for (int lane = 0; lane < lanes; lane += side, from += side * filterStep)
        {
            int rows = Math.Clamp(valid - lane, 0, side);
            // A block reads a whole register from each filter's first tap on, which the end of the weights may forbid.
            if (rows == 0 || area < side / 4 || from + (rows - 1) * filterStep + (area + side - 1) / side * side > end)
            {
                for (int t = 0; t < count; t++)
                {
                    for (int i = 0; i < side; i++) to[t * lineStep + lane + i] = i < rows ? from[i * filterStep + places[t]] : 0;
                }
                continue;
            }
            for (int first = 0; first < area; first += side)
            {
                Transpose.Block(new StridedLines(from + first, filterStep), rows, new PlacedLines(block, lines));
                for (int t = 0; t < count; t++)
                {
                    int line = places[t] - first;
                    if (line >= 0 && line < side)
                    {
                        new Span<float>(block + line * side, side).CopyTo(new Span<float>(to + t * lineStep + lane, side));
                    }
                }
            }
        }
    }
}
