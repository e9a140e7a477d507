using System.Collections.Immutable;
using System.Text.Json;

namespace Mambascope.Checkpoints;

/// <summary>
/// The table of contents of a safetensors file: <c>{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__":
/// {...}}</c>. As strict as the format's reference implementation: the tensors cover the data without holes or overlaps, to its end.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Largest header the reference implementation accepts, in bytes.</summary>
    public const long Limit = 100_000_000;

    private readonly string file;

    private SafetensorsHeader(string file) => this.file = file;

    public Dictionary<string, TensorInfo> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Where each tensor's bytes begin, counted from the end of the header.</summary>
    public Dictionary<string, long> Begins { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads and checks a header against the number of data bytes that follow it.</summary>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength, string file)
    {
        var header = new SafetensorsHeader(file);
        try
        {
            header.Read(json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Utf8JsonReader reports text that is not valid UTF-8 or UTF-16 as an InvalidOperationException.
            throw new BadInputException($"{file} has a damaged safetensors header: {Printable.Reason(error)}", error);
        }

        header.CheckCoverage(dataLength);
        return header;
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
        reader.Read();
        Expect(ref reader, JsonTokenType.StartObject, "the header");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            Expect(ref reader, JsonTokenType.StartObject, Printable.Name(name));
            if (name is "__metadata__")
            {
                ReadMetadata(ref reader);
            }
            else
            {
                ReadTensor(ref reader, name);
            }
        }

        // Only blanks may follow the closing brace; the reader throws at anything else.
        reader.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            Expect(ref reader, JsonTokenType.String, "the metadata entry " + Printable.Name(key));
            Metadata[key] = reader.GetString()!;
        }
    }

    private void ReadTensor(ref Utf8JsonReader reader, string name)
    {
        string? typeName = null;
        ImmutableArray<int> shape = default;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (typeName is null && reader.ValueTextEquals("dtype"u8))
            {
                reader.Read();
                Expect(ref reader, JsonTokenType.String, $"dtype of {Printable.Name(name)}");
                typeName = reader.GetString()!;
            }
            else if (shape.IsDefault && reader.ValueTextEquals("shape"u8))
            {
                shape = ReadShape(ref reader, name);
            }
            else if (offsets is null && reader.ValueTextEquals("data_offsets"u8))
            {
                offsets = [.. ReadIntegers(ref reader, name, "data_offsets", atMost: 2)];
            }
            else if (reader.ValueTextEquals("dtype"u8) || reader.ValueTextEquals("shape"u8) || reader.ValueTextEquals("data_offsets"u8))
            {
                throw Damaged(name, "has a field twice");
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (typeName is null || shape.IsDefault || offsets is not [long begin, long end])
        {
            throw Damaged(name, "lacks dtype, shape or the two data_offsets");
        }

        var type = StoredType.OfSafetensors(typeName)
            ?? throw new BadInputException($"tensor {Printable.Name(name)} in {file} has type {Printable.Name(typeName)}, which is not "
                + $"supported; expected one of {TensorTypes.All}");
        if (!TensorInfo.TryCount(shape.AsSpan(), out _))
        {
            throw Damaged(name, $"has a shape {TensorInfo.ShapeText(shape.AsSpan())} too large to count");
        }

        var tensor = new TensorInfo(name, type, shape);
        if (begin > end || end - begin != tensor.ByteLength)
        {
            throw Damaged(name, $"has data_offsets [{begin}, {end}], but {type.Name} {TensorInfo.ShapeText(shape.AsSpan())} needs "
                + $"{tensor.ByteLength} bytes");
        }

        if (!Tensors.TryAdd(name, tensor))
        {
            throw Damaged(name, "is listed twice");
        }

        Begins.Add(name, begin);
    }

    private ImmutableArray<int> ReadShape(ref Utf8JsonReader reader, string name)
    {
        var sizes = ReadIntegers(ref reader, name, "shape", TensorInfo.MaximumRank);
        if (sizes.Find(static size => size > int.MaxValue) is var tooLarge and not 0)
        {
            throw Damaged(name, $"has an axis of {tooLarge}, expected at most {int.MaxValue}");
        }

        return [.. sizes.Select(static size => (int)size)];
    }

    /// <summary>Reads an array of integers that are not negative.</summary>
    private List<long> ReadIntegers(ref Utf8JsonReader reader, string name, string field, int atMost)
    {
        var values = new List<long>();
        reader.Read();
        Expect(ref reader, JsonTokenType.StartArray, $"{field} of {Printable.Name(name)}");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var value) || value < 0 || values.Count == atMost)
            {
                throw Damaged(name, $"has a {field} that is not a list of at most {atMost} whole numbers");
            }

            values.Add(value);
        }

        return values;
    }

    /// <summary>Every byte of data belongs to exactly one tensor.</summary>
    private void CheckCoverage(long dataLength)
    {
        long covered = 0;
        var before = "the header";
        foreach (
            (var name, var begin) in Begins
                .OrderBy(pair => pair.Value)
                .ThenBy(pair => Tensors[pair.Key].ByteLength)
                .ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var end = begin + Tensors[name].ByteLength;
            if (begin < covered)
            {
                throw Damaged(name, $"with data_offsets [{begin}, {end}] overlaps {before}, which ends at {covered}");
            }

            if (end > dataLength)
            {
                throw Damaged(
                    name,
                    $"has data_offsets [{begin}, {end}], but only {dataLength} bytes of data follow the header: the file is truncated or "
                        + "the offsets are out of range");
            }

            if (begin > covered)
            {
                throw Damaged(name, $"with data_offsets [{begin}, {end}] leaves a hole after {before}, which ends at {covered}");
            }

            covered = end;
            before = "tensor " + Printable.Name(name);
        }

        if (covered != dataLength)
        {
            throw new BadInputException(
                $"{file} holds {dataLength} bytes of data, but its tensors need {covered}: the header and the data do not belong "
                    + "together");
        }
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType expected, string what)
    {
        if (reader.TokenType != expected)
        {
            throw new BadInputException($"{file} has a damaged safetensors header: {what} is {reader.TokenType}, expected {expected}");
        }
    }

    private BadInputException Damaged(string name, string what) => new($"tensor {Printable.Name(name)} in {file} {what}");
}
