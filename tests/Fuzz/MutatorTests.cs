using System.IO.Compression;
using System.Text;
using MiniGrad.Formats.Images;
using MiniGrad.Fuzz;
using Xunit;

namespace MiniGrad.Tests.Fuzz;

/// <summary>What the mutations are: repeatable, of many kinds, within bounds; and envelopes that keep the rest of a file right.</summary>
public sealed class MutatorTests
{
    [Fact]
    public void Equal_dice_give_equal_inputs_and_others_give_others()
    {
        FuzzTarget png = FuzzTargets.All.Single(target => target.Name == "png");
        FuzzInputs one = new(png, 3, []);
        FuzzInputs same = new(png, 3, []);
        FuzzInputs other = new(png, 4, []);
        Assert.All(Enumerable.Range(0, 50), n => Assert.Equal(one.Make(n), same.Make(n)));
        Assert.True(Enumerable.Range(0, 50).Count(n => !one.Make(n).SequenceEqual(other.Make(n))) >= 49);
        Assert.True(Enumerable.Range(0, 50).Select(n => Convert.ToHexString(one.Make(n))).Distinct().Count() >= 49);
    }

    [Theory]
    [MemberData(nameof(FuzzTests.Names), MemberType = typeof(FuzzTests))]
    public void An_input_does_not_depend_on_those_before_it(string name)
    {
        FuzzTarget target = FuzzTargets.All.Single(target => target.Name == name);
        FuzzInputs all = new(target, 3, []);
        string[] seeds = [.. all.Seeds.Select(Convert.ToHexString)];
        for (int n = 0; n < 400; n++) all.Make(n);
        Assert.Equal(seeds, all.Seeds.Select(Convert.ToHexString));
        Assert.Equal(new FuzzInputs(target, 3, []).Make(400), all.Make(400));
    }

    [Fact]
    public void Changes_are_of_many_kinds_and_bounded()
    {
        byte[] file = Encoding.ASCII.GetBytes("""{"count": 12, "name": "word", "list": [1, 2, 3]}""");
        Mutator mutator = new([file], ["null"u8.ToArray(), "1e400"u8.ToArray()]);
        string[] changed =
            [.. Enumerable.Range(0, 3000).Select(i => Encoding.Latin1.GetString(mutator.Change(file, new Dice(new Rng(i)))))];
        Assert.All(changed, text => Assert.True(text.Length <= Mutator.MaxBytes));
        Assert.Contains(changed, text => text.Length == 0
            || Encoding.ASCII.GetString(file).StartsWith(text, StringComparison.Ordinal) && text.Length < file.Length);
        Assert.Contains(changed, text => text.Contains("\"count\": 4294967296", StringComparison.Ordinal));
        Assert.Contains(changed, text => text.Contains("null", StringComparison.Ordinal));
        Assert.Contains(changed, text => text.Length > 100 * file.Length);
        Assert.Contains(changed, text => text.Contains("\xFF\xFF\xFF\x7F", StringComparison.Ordinal)
            || text.Contains("\x7F\xFF\xFF\xFF", StringComparison.Ordinal));
        Assert.True(changed.Distinct().Count() > 2400, $"{changed.Distinct().Count()} of 3000 differ");
    }

    [Fact]
    public void A_changed_png_keeps_its_checksums()
    {
        byte[] file = Png.Encode(new(2, 1, 1, [3, 4]));
        // Only the second pixel, behind filter and compression: the file is read and differs there.
        byte[] rows = Part("png", file, part => part is [_, 3, 1] ? [0, 3, 200] : part);
        Assert.Equal([3, 200], Png.Decode(rows, "p").Pixels);
        byte[] header = Part("png", file,
            part => Encoding.ASCII.GetString(part, 0, 4) == "IHDR" ? [.. part[..12], 7, .. part[13..]] : part);
        Assert.Contains("bit depth 7", Assert.Throws<PngException>(() => Png.Decode(header, "p")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_gzip_file_unpacks_to_the_change()
    {
        byte[] packed = Part("idx", IdxFilePacked([1, 2, 3]), part => [.. part, 9]);
        using MemoryStream content = new();
        using (GZipStream stream = new(new MemoryStream(packed), CompressionMode.Decompress)) stream.CopyTo(content);
        Assert.Equal([0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3, 9], content.ToArray());
    }

    [Fact]
    public void A_counted_header_gets_its_length()
    {
        byte[] file = [3, 0, (byte)'a', (byte)'b', (byte)'c', 9];
        Assert.Equal([5, 0, 97, 98, 99, 100, 101, 9], Envelopes.Counted(0, 2)(file, new Dice(new Rng(1)), part => [.. part, 100, 101]));
        Assert.Equal([7], Envelopes.Counted(0, 4)(file, new Dice(new Rng(1)), part => part.Length == 6 ? [7] : part));
    }

    /// <summary>The first part of a target that the change changes.</summary>
    private static byte[] Part(string target, byte[] file, Func<byte[], byte[]> change)
    {
        foreach (Envelope envelope in FuzzTargets.All.Single(one => one.Name == target).Parts)
        {
            for (int i = 0; i < 20; i++)
            {
                bool changed = false;
                byte[] result = envelope(file, new Dice(new Rng(i)), part =>
                {
                    byte[] after = change(part);
                    changed |= !after.SequenceEqual(part);
                    return after;
                });
                if (changed) return result;
            }
        }
        throw new InvalidOperationException("no part was changed");
    }

    private static byte[] IdxFilePacked(byte[] data)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Fastest)) stream.Write([0, 0, 8, 1, 0, 0, 0, (byte)data.Length, .. data]);
        return packed.ToArray();
    }
}
