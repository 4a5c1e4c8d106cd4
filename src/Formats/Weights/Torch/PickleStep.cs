namespace MiniGrad.Formats.Weights;

/// <summary>
/// The steps of a pickle, by their codes; Python's <c>pickletools</c> defines them. Of steps that differ in how they store
/// one argument, those that end in <c>Line</c> store it as a line of text.
/// </summary>
internal enum PickleStep : byte
{
    // Values that stand in the pickle.
    Protocol = 0x80,
    Frame = 0x95,
    None = (byte)'N',
    True = 0x88,
    False = 0x89,
    Byte = (byte)'K',
    Word = (byte)'M',
    Int = (byte)'J',
    Float = (byte)'G',
    Long1 = 0x8A,
    Long4 = 0x8B,
    IntLine = (byte)'I',
    LongLine = (byte)'L',
    FloatLine = (byte)'F',
    ShortString = (byte)'U',
    String = (byte)'T',
    Text = (byte)'X',
    ShortText = 0x8C,
    LongText = 0x8D,
    ShortBytes = (byte)'C',
    Bytes = (byte)'B',
    LongBytes = 0x8E,
    StringLine = (byte)'S',
    TextLine = (byte)'V',

    // Containers, and the stack itself.
    Mark = (byte)'(',
    Pop = (byte)'0',
    PopMark = (byte)'1',
    Duplicate = (byte)'2',
    EmptyTuple = (byte)')',
    Tuple1 = 0x85,
    Tuple2 = 0x86,
    Tuple3 = 0x87,
    Tuple = (byte)'t',
    EmptyList = (byte)']',
    List = (byte)'l',
    Append = (byte)'a',
    Appends = (byte)'e',
    EmptyDictionary = (byte)'}',
    Dictionary = (byte)'d',
    SetItem = (byte)'s',
    SetItems = (byte)'u',

    // Values that the pickle comes back to by a number.
    Memoize = 0x94,
    PutByte = (byte)'q',
    PutInt = (byte)'r',
    PutLine = (byte)'p',
    GetByte = (byte)'h',
    GetInt = (byte)'j',
    GetLine = (byte)'g',

    // Names of classes, calls, and values outside of the pickle.
    Global = (byte)'c',
    StackGlobal = 0x93,
    Reduce = (byte)'R',
    Build = (byte)'b',
    PersistentLine = (byte)'P',
    Persistent = (byte)'Q',
    NewObject = 0x81,
    NewObjectByKeywords = 0x92,
    Object = (byte)'o',
    Instance = (byte)'i',
    Stop = (byte)'.',
}
