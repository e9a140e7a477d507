using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// What a language model remembers of the text it has read: of fixed size for scans, growing by a key and a value a token for attention.
/// Made by <see cref="ILanguageModel.NewState"/>, changed by <see cref="ILanguageModel.Continue"/>; a branch goes on by itself.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class LanguageState<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const string PositionName = "position";

    internal LanguageState(IReadOnlyList<LayerState<T>> layers) => Layers = layers;

    /// <summary>Tokens read.</summary>
    public int Position { get; internal set; }

    internal IReadOnlyList<LayerState<T>> Layers { get; private set; }

    /// <summary>A copy that goes on by itself.</summary>
    public LanguageState<T> Branch() => new([.. Layers.Select(layer => layer.Copy())]) { Position = Position };

    /// <summary>
    /// A branch for going back through its next piece: the adjoints of what it remembers are read from and written to the values of
    /// <paramref name="adjoint"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model has attention, which cannot be gone back through piece by piece.</exception>
    internal LanguageState<T> Branch(LanguageState<T> adjoint)
        => new([.. Layers.Zip(adjoint.Layers, (layer, d) => layer.WithAdjoint(d))])
        {
            Position = Position,
        };

    /// <summary>Values kept.</summary>
    internal long Size => Layers.Sum(layer => layer.Parts().Sum(part => (long)part.Values.Length));

    /// <summary>Goes back to what another state of the same model remembers; that state stays as it is.</summary>
    public void Restore(LanguageState<T> other)
    {
        Layers = [.. other.Layers.Select(layer => layer.Copy())];
        Position = other.Position;
    }

    /// <summary>Writes the state to a safetensors file.</summary>
    public void Save(string path)
    {
        var writer = new SafetensorsWriter().Add(PositionName, [1], new long[] { Position });
        foreach (var (name, values) in Parts())
        {
            if (values is float[] single)
            {
                writer.Add(name, [single.Length], single);
            }
            else
            {
                writer.Add(name, [values.Length], Array.ConvertAll(values, double.CreateTruncating));
            }
        }

        writer.Save(path);
    }

    /// <summary>Reads a state that was written for a model of the same sizes.</summary>
    /// <exception cref="BadInputException">Unreadable, or of another model.</exception>
    public static LanguageState<T> Load(string path, ILanguageModel model)
    {
        using var file = Checkpoint.Open(path);
        var state = model.NewState<T>();
        var position = file.ReadInt64s(PositionName);
        if (position is not [>= 0 and <= int.MaxValue])
        {
            throw new BadInputException($"{path}: {PositionName} is no number of tokens");
        }

        state.Position = (int)position[0];
        for (var i = 0; i < state.Layers.Count; i++)
        {
            var layer = i;
            state.Layers[i].Fill(state.Position, (part, length) => Read(file, Name(layer, part), length));
        }

        return state;
    }

    private static T[] Read(Checkpoint file, string name, int length)
    {
        var values = file.ReadDoubles(name);
        return values.Length == length && values.All(double.IsFinite)
            ? Array.ConvertAll(values, T.CreateTruncating)
            : throw new BadInputException(
                $"{file.Path}: {name} has {values.Length} values, expected {length} finite ones; the state belongs to another model");
    }

    private IEnumerable<(string Name, T[] Values)> Parts()
        => Layers.SelectMany((layer, i) => layer.Parts().Select(part => (Name(i, part.Name), part.Values)));

    private static string Name(int layer, string part) => $"layer{layer}.{part}";
}

/// <summary>What one block remembers.</summary>
/// <typeparam name="T">Element type.</typeparam>
public abstract class LayerState<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The memory of a block with these mixers: of one, of several side by side, or of none.</summary>
    internal static LayerState<T> Of(IReadOnlyList<LayerState<T>> mixers) => mixers.Count == 1 ? mixers[0] : new MixersState<T>(mixers);

    /// <summary>What one of the block's mixers remembers.</summary>
    /// <param name="mixer">Which, from 0.</param>
    internal virtual LayerState<T> Part(int mixer) => this;

    /// <summary>A copy whose adjoints lie in the values of another state.</summary>
    /// <exception cref="InvalidOperationException">It is no memory that can be gone back through.</exception>
    internal virtual LayerState<T> WithAdjoint(LayerState<T> adjoint)
        => throw new InvalidOperationException("Only scans can be gone back through piece by piece");

    /// <summary>A copy that goes on by itself.</summary>
    public abstract LayerState<T> Copy();

    /// <summary>All that it remembers, by names; a file of the state holds these.</summary>
    public abstract IEnumerable<(string Name, T[] Values)> Parts();

    /// <summary>Takes its parts from where <paramref name="read"/> finds them, by name and number of values.</summary>
    /// <param name="position">Tokens that were read.</param>
    /// <param name="read">Gives the values.</param>
    public abstract void Fill(int position, Func<string, int, T[]> read);
}

/// <summary>The last inputs of a convolution, (K - 1, channels), and the state of a scan.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class ScanLayerState<T>(Carried<T> conv, Carried<T> scan) : LayerState<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Carried<T> Conv { get; private set; } = conv;

    public Carried<T> Scan { get; private set; } = scan;

    public override LayerState<T> Copy() => new ScanLayerState<T>(new([.. Conv.Values]), new([.. Scan.Values]));

    internal override LayerState<T> WithAdjoint(LayerState<T> adjoint)
        => adjoint is ScanLayerState<T> d
            ? new ScanLayerState<T>(new([.. Conv.Values], d.Conv.Values), new([.. Scan.Values], d.Scan.Values))
            : base.WithAdjoint(adjoint);

    public override IEnumerable<(string Name, T[] Values)> Parts() => [("conv", Conv.Values), ("scan", Scan.Values)];

    public override void Fill(int position, Func<string, int, T[]> read)
        => (Conv, Scan) = (new(read("conv", Conv.Values.Length)), new(read("scan", Scan.Values.Length)));
}

/// <summary>Keys and values of the tokens read.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class AttentionLayerState<T>(KeyValueCache<T> cache) : LayerState<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public KeyValueCache<T> Cache { get; private set; } = cache;

    public override LayerState<T> Copy() => new AttentionLayerState<T>(Cache.Copy());

    public override IEnumerable<(string Name, T[] Values)> Parts() => [("keys", Cache.Keys.ToArray()), ("values", Cache.Values.ToArray())];

    public override void Fill(int position, Func<string, int, T[]> read)
    {
        var length = checked(position * Cache.Width);
        Cache = KeyValueCache<T>.Of(read("keys", length), read("values", length), Cache.Width);
    }
}

/// <summary>What the mixers of a block remember that has several side by side, or none.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class MixersState<T>(IReadOnlyList<LayerState<T>> mixers) : LayerState<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal override LayerState<T> Part(int mixer) => mixers[mixer];

    public override LayerState<T> Copy() => new MixersState<T>([.. mixers.Select(mixer => mixer.Copy())]);

    internal override LayerState<T> WithAdjoint(LayerState<T> adjoint)
        => new MixersState<T>([.. mixers.Select((mixer, i) => mixer.WithAdjoint(adjoint.Part(i)))]);

    public override IEnumerable<(string Name, T[] Values)> Parts()
        => mixers.SelectMany((mixer, i) => mixer.Parts().Select(part => ($"mixer{i}.{part.Name}", part.Values)));

    public override void Fill(int position, Func<string, int, T[]> read)
    {
        for (var i = 0; i < mixers.Count; i++)
        {
            var at = i;
            mixers[i].Fill(position, (name, length) => read($"mixer{at}.{name}", length));
        }
    }
}
