using System.Globalization;
using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Text;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>
/// The front door for text: a language model together with all it needs to read - tokenizer and threads.
/// <code>
/// using var model = TextModel.Open("demo-mamba");
/// using var run = model.Run("To be, or not to b");
/// Console.WriteLine(run.Top(1)[0]);
/// var map = run.Explain("attribution");
/// </code>
/// The model is read-only; one text model may serve several threads.
/// </summary>
public sealed class TextModel : LoadedModel
{
    private const string InputIds = "input_ids";

    private TextModel(ModelFile file, int? threads)
        : base(file, threads)
    {
        Model = (ILanguageModel)file.Model;
        Tokenizer = OpenTokenizer(file, out var refusal);
        TokenizerRefusal = refusal?.Message;
    }

    /// <inheritdoc/>
    public override ILanguageModel Model { get; }

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Text;

    /// <summary>
    /// From text to token ids and back; null where the model came without one, or with one of another kind, so that only ids can be read.
    /// </summary>
    public TextTokenizer? Tokenizer { get; }

    /// <summary>Ids after which a text ends, by generation_config.json or config.json.</summary>
    public IReadOnlyList<int> EndTokens
        => Inputs.Text.EndTokens.Of(
            Config, Source.Beside(Inputs.Text.EndTokens.FileName) is { } path ? ConfigFile.Load(path) : null);

    /// <summary>Why the tokenizer beside the weights cannot be used; null where it can, or there is none.</summary>
    public string? TokenizerRefusal { get; }

    /// <summary>
    /// Opens a model with the tokenizer.json beside its weights; <c>"tokenizer": "bytes"</c> in config.json says that a token is a byte.
    /// Its config.json, where there is one, and the names of its tensors say which architecture it has.
    /// </summary>
    /// <param name="model">Folder, weight file, shipped model, hub model or <c>random:PRESET[:SEED][:FORMAT]</c>.</param>
    /// <param name="threads">Threads, the caller's included; null for one a processor. Results do not depend on it.</param>
    /// <param name="isOutline">Whether shapes are enough: random weights are not drawn then, and the model can only be described.</param>
    /// <param name="choices">What is said by hand.</param>
    /// <exception cref="BadInputException">Nothing there, damaged, of an unsupported kind, or its parts do not fit together.</exception>
    public static TextModel Open(string model, int? threads = null, bool isOutline = false, ModelChoices? choices = null)
    {
        var file = ModelFile.Open(model, ModelInput.Text, isOutline, choices);
        return new(file, threads);
    }

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="readsSpecial">Whether special tokens that are written in it are meant as such.</param>
    /// <exception cref="BadInputException">The text has no tokens, or the model no tokenizer.</exception>
    public IReadOnlyList<TextToken> Encode(string text, bool readsSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Tokenizer is null)
        {
            var reason = TokenizerRefusal ?? $"{Name} has no tokenizer (no {TextTokenizer.FileName} beside its weights)";
            throw new BadInputException($"{reason}, so it can read token ids only: give --tokens, or a .safetensors file with {InputIds}");
        }

        var tokens = Tokenizer.Encode(text, readsSpecial);
        return tokens.Count > 0 ? tokens : throw new BadInputException("the text is empty; a language model needs at least one token");
    }

    /// <summary>Tokens by id, with their ranges in <see cref="Decode"/> of the same ids.</summary>
    /// <exception cref="BadInputException">An id does not exist.</exception>
    public IReadOnlyList<TextToken> Locate(IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        TokenBatch.Of(ids).Check(Model.VocabularySize);
        return Tokenizer is null ? [.. ids.Select(id => new TextToken(id, Show(id), 0, 0))] : Tokenizer.Locate(ids);
    }

    /// <summary>The text of tokens; empty without a tokenizer.</summary>
    public string Decode(IEnumerable<int> ids) => Tokenizer?.Decode(ids) ?? "";

    /// <summary>A token as it is shown; its id in brackets where nothing stands for it.</summary>
    public string Show(int id) => Tokenizer?.Show(id) ?? $"[{id}]";

    /// <inheritdoc/>
    public override string Label(int index) => Show(index);

    /// <summary>A token by its id or by the text that is exactly this token.</summary>
    /// <exception cref="BadInputException">There is no such token, or the text is several.</exception>
    public override int Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return id < Model.VocabularySize
                ? id
                : throw new BadInputException($"token id {id} does not exist; {Name} has ids 0 to {Model.VocabularySize - 1}");
        }

        return Tokenizer?.Find(name)
            ?? throw new BadInputException(
                $"{Name} has no tokenizer, so '{Printable.Name(name)}' cannot be looked up; give a token id from 0 to "
                    + $"{Model.VocabularySize - 1}");
    }

    /// <summary>
    /// Reads token ids: the tensor <c>input_ids</c>, (L) or with a batch of one, of a safetensors file. What its <c>attention_mask</c>
    /// masks before and after the text is cut off.
    /// </summary>
    /// <exception cref="BadInputException">
    /// No such tensor, another shape, no ids, ids that do not exist, a mask with holes, or other tensors.
    /// </exception>
    public IReadOnlyList<TextToken> ReadInputIds(string path)
    {
        var ids = Inputs.Text.InputIds.Read(path);
        var bad = Array.FindIndex(ids, id => id < 0 || id >= Model.VocabularySize);
        return bad < 0
            ? Locate(Array.ConvertAll(ids, id => (int)id))
            : throw new BadInputException(
                $"{path}: {InputIds} holds {ids[bad]} at position {bad}; {Name} has ids 0 to {Model.VocabularySize - 1}");
    }

    /// <summary>Runs the model on a text, keeping what explanations need.</summary>
    /// <param name="text">A text.</param>
    /// <param name="cancellation">Stops the run.</param>
    public TextRun<float> Run(string text, CancellationToken cancellation = default)
        => Run<float>(Encode(text), cancellation: cancellation);

    /// <summary>Runs the model, keeping what explanations need.</summary>
    /// <typeparam name="T">float, or double for exactness (slow).</typeparam>
    /// <param name="tokens">From <see cref="Encode"/>, <see cref="Locate"/> or <see cref="ReadInputIds"/>.</param>
    /// <param name="position">Token after which the next one is asked for; null for the last.</param>
    /// <param name="isRecording">Keep every intermediate quantity, to explain the run; off for the scores alone.</param>
    /// <param name="cancellation">Stops the run, between two operators.</param>
    /// <exception cref="BadInputException">No such position, or the scores are not finite.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public TextRun<T> Run<T>(
        IReadOnlyList<TextToken> tokens, int? position = null, bool isRecording = true, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(tokens);
        CheckCost<T>(tokens.Count, isRecording);
        return Run(NewTape<T>(isRecording, cancellation), tokens, position, watch: null);
    }

    /// <summary>
    /// Runs the model to explain the run by one thread: where the whole record would be large, only the streams between layers are kept,
    /// and a layer is computed again when it is asked for. The same bits either way.
    /// </summary>
    /// <typeparam name="T">float, or double for exactness (slow).</typeparam>
    /// <param name="tokens">From <see cref="Encode"/>, <see cref="Locate"/> or <see cref="ReadInputIds"/>.</param>
    /// <param name="position">Token after which the next one is asked for; null for the last.</param>
    /// <param name="watch">Sees every layer while it is in memory; null where nobody looks.</param>
    /// <param name="cancellation">Stops the run, between two operators.</param>
    /// <exception cref="BadInputException">No such position, or the scores are not finite.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    internal TextRun<T> RunInBounds<T>(
        IReadOnlyList<TextToken> tokens, int? position, LayerWatch<T>? watch, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(tokens);
        CheckCost<T>(tokens.Count, isRecorded: true, mayKeepStreamsOnly: true);
        return Run(NewTape<T>(tokens.Count, cancellation), tokens, position, watch);
    }

    /// <summary>A tape for a run of some tokens that is explained by one thread; see <see cref="RunInBounds{T}"/>.</summary>
    internal Tape<T> NewTape<T>(int tokens, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(Workers, Pool<T>(), isRecording: true, cancellation) { KeepsStreamsOnly = RunCost.IsLargeWhole<T>(Model, tokens) };

    private TextRun<T> Run<T>(Tape<T> tape, IReadOnlyList<TextToken> tokens, int? position, LayerWatch<T>? watch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        try
        {
            var at = position ?? (tokens.Count - 1);
            var (batch, scored) = (TokenBatch.Of([.. tokens.Select(token => token.Id)]), ScorePositions.At(at));
            var trace = watch is null
                ? Model.Forward(tape, batch, scored)
                : Model.Forward(tape, batch, scored, (number, layer) => watch(number, layer, tape));
            var run = new TextRun<T>(this, tokens, at, trace);
            run.RequireFinite();
            return run;
        }
        catch
        {
            tape.Dispose();
            throw;
        }
    }

    /// <summary>A text that has not begun: it can be read into the model and gone on with.</summary>
    /// <typeparam name="T">float, or double for exactness (slow).</typeparam>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public TextGeneration<T> Begin<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(Model, Workers, state: null, Pool<T>());

    private static TextTokenizer? OpenTokenizer(ModelFile file, out BadInputException? refusal)
    {
        refusal = null;
        if (CheckpointPath.IsGgufName(file.WeightFile))
        {
            return TextTokenizer.LoadOrRefuse(file.WeightFile!, out refusal);
        }

        if (file.Config is { } config && config.Has("tokenizer"))
        {
            return config.GetString("tokenizer") == "bytes"
                ? new ByteTokenizer()
                : throw new BadInputException(
                    $"{config.Path}: tokenizer is \"{Printable.Name(config.GetString("tokenizer"))}\", expected \"bytes\", or no such "
                        + $"entry and a {TextTokenizer.FileName}");
        }

        return file.Source.Preset is null && file.Source.Beside(TextTokenizer.FileName) is { } path
            ? TextTokenizer.LoadOrRefuse(path, out refusal)
            : null;
    }
}
