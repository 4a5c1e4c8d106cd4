namespace MiniGrad.Charts.Plots;

/// <summary>
/// The viridis colour map (Smith and van der Walt, 2015): violet at 0, yellow at 1, even in lightness. 256 entries,
/// interpolated from every eighth one; within 2/255 of the published table.
/// </summary>
internal static class Viridis
{
    private static readonly int[] Anchors =
    [
        0x440154, 0x470D60, 0x48186A, 0x482374, 0x472D7B, 0x453781, 0x424086, 0x3E4989, 0x3B528B,
        0x375B8D, 0x33638D, 0x2F6B8E, 0x2C728E, 0x297A8E, 0x26828E, 0x23898E, 0x21918C, 0x1F988B,
        0x1FA088, 0x22A785, 0x28AE80, 0x32B67A, 0x3FBC73, 0x4EC36B, 0x5EC962, 0x70CF57, 0x84D44B,
        0x98D83E, 0xADDC30, 0xC2DF23, 0xD8E219, 0xECE51B, 0xFDE725,
    ];

    private static readonly Rgb[] Entries = Fill();

    public static int Count => Entries.Length;

    public static Rgb Entry(int index) => Entries[index];

    /// <summary>The colour of a value; values outside [0, 1] take the end colours.</summary>
    public static Rgb At(double value) => Entries[Math.Min(255, (int)(256 * Math.Clamp(value, 0, 1)))];

    private static Rgb[] Fill()
    {
        double[] positions = new double[Anchors.Length];
        for (int k = 0; k < positions.Length; k++) positions[k] = Math.Min(255, 8 * k) / 255.0;
        Rgb[] entries = new Rgb[256];
        for (int i = 0; i < 256; i++) entries[i] = Rgb.Between(Anchors, positions, i / 255.0);
        return entries;
    }
}
