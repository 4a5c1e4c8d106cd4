namespace MiniGrad.Formats.Images;

/// <summary>A component in a scan, with the Huffman codes that stood when the scan began.</summary>
internal sealed record JpegPart(JpegComponent Component, JpegHuffman? Dc, JpegHuffman? Ac);

/// <summary>
/// One scan: the components and, in a progressive image, the band of coefficients in zigzag order and the bits of them
/// that it sends (all but the low <paramref name="Low"/>; only that one bit when <paramref name="Refines"/>).
/// </summary>
/// <param name="Parts">The components, interleaved where there are several.</param>
/// <param name="First">The first coefficient of the band.</param>
/// <param name="Last">The last one.</param>
/// <param name="Refines">Whether earlier scans sent the higher bits.</param>
/// <param name="Low">The bit position down to which coefficients are sent.</param>
/// <param name="RestartInterval">MCUs between restart markers, 0 without any.</param>
/// <param name="Start">Where the entropy-coded data begins in the file.</param>
/// <param name="End">Where it ends.</param>
internal sealed record JpegScan(JpegPart[] Parts, int First, int Last, bool Refines, int Low, int RestartInterval, int Start, int End);
