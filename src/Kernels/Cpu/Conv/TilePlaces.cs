namespace MiniGrad.Kernels.Cpu;

/// <summary>Where the pixels of a tile lie in the image and in the output: two runs of a register, or four of half a one.</summary>
internal readonly unsafe struct TilePlaces<T>(T* image0, T* image1, T* image2, T* image3, T* to0, T* to1, T* to2, T* to3)
    where T : unmanaged
{
    public T* Image0 => image0;

    public T* Image1 => image1;

    public T* Image2 => image2;

    public T* Image3 => image3;

    public T* To0 => to0;

    public T* To1 => to1;

    public T* To2 => to2;

    public T* To3 => to3;
}

/// <summary>Whether a tile's registers are filled in halves, chosen at compile time.</summary>
internal interface ITileMode
{
    static abstract bool Halves { get; }
}

/// <summary>Each register holds neighbours of one row.</summary>
internal readonly struct WholeRegisters : ITileMode
{
    public static bool Halves => false;
}

/// <summary>Each register holds two runs of neighbours: for rows shorter than a register.</summary>
internal readonly struct HalfRegisters : ITileMode
{
    public static bool Halves => true;
}
