using MiniGrad.Bench.Peers;

namespace MiniGrad.Bench.Gpu;

/// <summary>A row whose size may shrink: the batch, the side of a product, or the rows of a matrix.</summary>
/// <param name="At">The row at a size on a device.</param>
internal sealed record GpuRow(string Group, int Size, bool IsQuick, Func<Device, int, PeerRow> At);
