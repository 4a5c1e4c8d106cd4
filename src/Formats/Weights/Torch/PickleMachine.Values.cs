using System.Globalization;
using System.Numerics;
using System.Text;

namespace MiniGrad.Formats.Weights;

/// <summary>Values that stand in the pickle themselves: numbers and texts.</summary>
internal sealed partial class PickleMachine
{
    private const int LongestNumber = 255;

    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    /// <summary>Values that stand in the pickle themselves.</summary>
    private bool Plain(PickleStep step)
    {
        switch (step)
        {
            case PickleStep.Protocol:
                byte protocol = input.Byte();
                if (protocol > 5) throw Bad($"pickle protocol {protocol}; 0 to 5 are read");
                return true;
            case PickleStep.Frame:
                input.Bytes(8);
                return true;
            case PickleStep.None:
                return Push(null);
            case PickleStep.True:
                return Push(True);
            case PickleStep.False:
                return Push(False);
            case PickleStep.Byte:
                return Push((long)input.Byte());
            case PickleStep.Word:
                return Push((long)input.U16());
            case PickleStep.Int:
                return Push((long)input.I32());
            case PickleStep.Float:
                return Push(input.BigEndianF64());
            case PickleStep.Long1:
                return Push(Long(input.Byte()));
            case PickleStep.Long4:
                return Push(Long(input.I32()));
            case PickleStep.IntLine:
                return Push(Number(input.Line()));
            case PickleStep.LongLine:
                return Push(Number(input.Line().TrimEnd((byte)'L')));
            case PickleStep.FloatLine:
                if (!double.TryParse(input.Line(), NumberStyles.Float, CultureInfo.InvariantCulture, out double real))
                {
                    throw Bad("no number follows");
                }
                return Push(real);
            case PickleStep.ShortString:
                return Push(Bytes(input.Byte()));
            case PickleStep.String:
                return Push(Bytes(input.I32()));
            case PickleStep.Text:
                return Push(Text((uint)input.I32()));
            case PickleStep.ShortText:
                return Push(Text(input.Byte()));
            case PickleStep.LongText:
                return Push(Text(input.I64()));
            case PickleStep.ShortBytes:
                return Push(Data(input.Byte()));
            case PickleStep.Bytes:
                return Push(Data((uint)input.I32()));
            case PickleStep.LongBytes:
                return Push(Data(input.I64()));
            case PickleStep.StringLine:
                return Push(Line(input.Line().Trim("'\""u8)));
            case PickleStep.TextLine:
                return Push(Line(input.Line()));
            default:
                return false;
        }
    }

    private object Long(int length)
    {
        if (length is < 0 or > LongestNumber) throw Bad($"a whole number of {(uint)length} bytes; at most {LongestNumber} are read");
        return Whole(new BigInteger(input.Bytes(length)));
    }

    private static object Whole(BigInteger value)
    {
        object whole = value;
        if (value >= long.MinValue && value <= long.MaxValue) whole = (long)value;
        return whole;
    }

    private object Number(ReadOnlySpan<byte> line)
    {
        if (line.SequenceEqual("01"u8)) return True;
        if (line.SequenceEqual("00"u8)) return False;
        string text = Encoding.Latin1.GetString(line);
        if (text.Length > LongestNumber
            || !BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value))
        {
            throw Bad("no whole number follows");
        }
        return Whole(value);
    }

    private string Text(long length)
    {
        ReadOnlySpan<byte> bytes = input.Bytes(length);
        budget.Text(input, length);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Bad("a text is not valid UTF-8");
        }
    }

    /// <summary>Text of Python 2, which may be raw bytes: one character each.</summary>
    private string Bytes(long length)
    {
        ReadOnlySpan<byte> bytes = input.Bytes(length);
        budget.Text(input, length);
        return Encoding.Latin1.GetString(bytes);
    }

    private byte[] Data(long length)
    {
        ReadOnlySpan<byte> bytes = input.Bytes(length);
        budget.Text(input, length);
        return bytes.ToArray();
    }

    private string Line(ReadOnlySpan<byte> line)
    {
        budget.Text(input, line.Length);
        return line.Contains((byte)'\\')
            ? throw Bad("a line of text has escaped characters, which are not read")
            : Encoding.Latin1.GetString(line);
    }
}
