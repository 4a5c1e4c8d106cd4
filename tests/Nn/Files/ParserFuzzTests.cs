using MiniGrad.Files;
using Xunit;

namespace MiniGrad.Tests.Nn.Files;

/// <summary>
/// Seeded mutations of valid files: a parser either reads the result or throws its own exception, and allocates no more
/// than the file's length explains. A failure prints the seed that repeats it.
/// </summary>
public sealed class ParserFuzzTests : IDisposable
{
    private const int Mutations = 2000;

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Safetensors_survive()
    {
        List<byte[]> good = [SafetensorsTests.Bytes("{}")];
        for (int seed = 0; seed < 6; seed++)
        {
            Random random = new(seed);
            var tensors = Enumerable.Range(0, 1 + seed).Select(i => ($"layer{i}.weight", SafetensorsTests.RandomTensor(random))).ToArray();
            Safetensors.Write(folder["good"], tensors, new Dictionary<string, string> { ["format"] = "pt" });
            good.Add(File.ReadAllBytes(folder["good"]));
        }
        good.Add(SafetensorsTests.Bytes("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"I64","shape":[1],"data_offsets":[4,12]}}""", new byte[12]));
        Fuzz<SafetensorsException>(good, mend: null, perByte: 40, bytes =>
        {
            using SafetensorsFile file = SafetensorsFile.Open(folder.Put("bad", bytes));
            foreach (string name in file.Names) file.Read(name);
        });
    }

    [Fact]
    public void Png_survives()
    {
        List<byte[]> good = [];
        foreach ((int color, int depth) in new[] { (0, 1), (0, 16), (2, 8), (3, 2), (3, 8), (4, 8), (6, 16) })
        {
            TestPng png = new()
            {
                Width = 11,
                Height = 7,
                Color = color,
                Depth = depth,
                Interlace = good.Count % 2,
                Split = 40,
                Palette = color == 3 ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : null,
                Transparency = color == 3 ? [1, 2] : color == 0 ? [0, 1] : null,
                Sample = (x, y, c) => color == 3 ? (x + y) % 3 : (x * 31 + y * 17 + c) & ((1 << depth) - 1),
            };
            good.Add(png.Bytes());
        }
        // The most a byte of deflated data can become: 1032 bytes of 1-bit palette pixels, 4 bytes each.
        Fuzz<PngException>(good, TestPng.MendChecksums, perByte: 1032 * 32, bytes => Png.Decode(bytes, "fuzz"));
    }

    [Fact]
    public void Idx_survives()
    {
        byte[] plain = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, .. Enumerable.Range(0, 24).Select(i => (byte)(i * 11))];
        Fuzz<IdxException>([plain, IdxFileTests.Pack(plain)], mend: null, perByte: 1032, bytes => IdxFile.Read(folder.Put("bad", bytes)));
    }

    [Fact]
    public void Weight_index_survives() =>
        Fuzz<WeightIndexException>([WeightIndexTests.GoodBytes()], mend: null, perByte: 100, bytes => WeightIndex.Load(folder.Put("bad", bytes)));

    private static void Fuzz<TOwn>(List<byte[]> good, Action<byte[]>? mend, int perByte, Action<byte[]> parse) where TOwn : BadFileException
    {
        foreach (byte[] bytes in good) parse(bytes);
        int refused = 0;
        for (int seed = 0; seed < Mutations; seed++)
        {
            byte[] bytes = Mutate(good, new Random(seed));
            // Every other file gets its checksums right, so that the mutation reaches what lies behind them.
            if (seed % 2 == 0) mend?.Invoke(bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                parse(bytes);
            }
            catch (TOwn)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e.GetType().Name}: {e.Message}\n{Convert.ToHexString(bytes)}");
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 400_000 + (long)perByte * bytes.Length, $"seed {seed}: allocated {allocated} bytes for a file of {bytes.Length}");
        }
        // Fewer would mean that the mutations miss the parser's rules.
        Assert.True(refused > Mutations / 2, $"only {refused} of {Mutations} mutations were refused");
    }

    private static byte[] Mutate(List<byte[]> good, Random random)
    {
        List<byte> bytes = [.. good[random.Next(good.Count)]];
        int changes = 1 + random.Next(3);
        for (int change = 0; change < changes; change++)
        {
            int at = random.Next(bytes.Count + 1);
            int length = Math.Min(bytes.Count - at, random.Next(1, 9));
            switch (random.Next(7))
            {
                case 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 3 when at < bytes.Count:
                    bytes[at] = (byte)(random.Next(2) == 0 ? random.Next(256) : "0\u007f{}[]\"-9.\0"[random.Next(11)]);
                    break;
                case 4:
                    byte[] fresh = new byte[random.Next(1, 9)];
                    random.NextBytes(fresh);
                    bytes.InsertRange(at, fresh);
                    break;
                case 5:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                default:
                    for (int i = at; i < at + length; i++) bytes[i] = random.Next(2) == 0 ? (byte)0xFF : (byte)0;
                    break;
            }
        }
        return [.. bytes];
    }
}
