namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// The planes of an image (or of a group of its channels) in a zero border, so that a tap of a convolution is a
/// constant offset and no inner loop asks whether it has left the image. With a stride along x, each row is stored by
/// phase (for 2: the even columns, then the odd ones), so that the pixels of neighbouring outputs are neighbours too.
/// </summary>
internal readonly unsafe struct BorderedPlanes<T>(
    int planes, int height, int width, int top, int left, int fullHeight, int phaseWidth, int phases)
    where T : unmanaged
{
    /// <summary>Elements that a vector load may read past the last tap.</summary>
    public const int Slack = 64;

    public int Planes => planes;

    public int FullHeight => fullHeight;

    public int PhaseWidth => phaseWidth;

    public int RowStep => phaseWidth * phases;

    public long Count => (long)planes * fullHeight * RowStep;

    /// <summary>Whether the planes stay in the second cache, of at least 512 KB, while tile after tile passes over them.</summary>
    public bool FitCache => Count * sizeof(T) <= 320 * 1024;

    /// <summary>Where a tap at (dy, dx) from an output's pixel lies.</summary>
    public int Offset(int dy, int dx) => (dy + top) * RowStep + (dx + left) % phases * phaseWidth + (dx + left) / phases;

    /// <summary>The bordered rows [first, first + rows) of all planes.</summary>
    public void Fill(T* source, T* target, int first, int rows)
    {
        new Span<T>(target, checked(planes * rows * RowStep)).Clear();
        int begin = Math.Max(0, first - top);
        int end = Math.Min(height, first + rows - top);
        // Columns beyond the border are never read: a kernel may be smaller than its stride.
        int skip = Math.Max(0, -left);
        int count = Math.Min(width, RowStep - left) - skip;
        if (count <= 0) return;
        for (int plane = 0; plane < planes; plane++)
        {
            T* from = source + ((long)plane * height + begin) * width + skip;
            T* to = target + ((long)plane * rows + begin + top - first) * RowStep;
            for (int y = begin; y < end; y++, from += width, to += RowStep)
            {
                if (phases == 1) new Span<T>(from, count).CopyTo(new Span<T>(to + left + skip, count));
                else Scatter(from, to, left + skip, count);
            }
        }
    }

    public void Fill(T* source, T* target) => Fill(source, target, 0, fullHeight);

    private void Scatter(T* from, T* to, int at, int count)
    {
        for (int phase = 0; phase < phases; phase++)
        {
            int first = (phase - at % phases + phases) % phases;
            T* line = to + phase * phaseWidth + (at + first) / phases;
            for (int i = first; i < count; i += phases) *line++ = from[i];
        }
    }
}
