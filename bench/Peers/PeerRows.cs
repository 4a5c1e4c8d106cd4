namespace MiniGrad.Bench.Peers;

/// <summary>All rows of the comparison, kernels first.</summary>
internal static class PeerRows
{
    public static IReadOnlyList<PeerRow> All { get; } = [.. ProductRows.All, .. ConvolutionRows.All, .. LayerRows.All, .. NetworkRows.All];

    /// <summary>The rows of a quick run if asked, whose group and name hold a text in any case.</summary>
    public static IReadOnlyList<PeerRow> Select(bool quick, string? filter) =>
        [.. All.Where(row => (!quick || row.IsQuick)
            && (filter is null || $"{row.Group}: {row.Name}".Contains(filter, StringComparison.OrdinalIgnoreCase)))];
}
