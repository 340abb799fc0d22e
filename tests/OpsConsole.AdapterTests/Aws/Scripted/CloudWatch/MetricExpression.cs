using System.Globalization;

namespace OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;

/// <summary>
/// Metric math over series: numbers, ids, <c>+ - * /</c>, comparisons, brackets, and <c>FILL IF SUM AVG MIN MAX</c>. Two series meet where both
/// have a point; what cannot be computed has none.
/// </summary>
internal sealed class MetricExpression
{
    private readonly string _text;
    private readonly IReadOnlyDictionary<string, SortedDictionary<DateTimeOffset, double>> _series;
    private int _at;

    private MetricExpression(string text, IReadOnlyDictionary<string, SortedDictionary<DateTimeOffset, double>> series) => (_text, _series) = (text, series);

    /// <summary>The series that an expression yields.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="series">The series that it may name.</param>
    /// <exception cref="FormatException">It is no expression, or it names what there is not.</exception>
    public static SortedDictionary<DateTimeOffset, double> Evaluate(string text, IReadOnlyDictionary<string, SortedDictionary<DateTimeOffset, double>> series)
    {
        var expression = new MetricExpression(text, series);
        var value = expression.Comparison();
        expression.Skip();
        return expression._at == text.Length && value.Points is { } points ? points : throw expression.Wrong();
    }

    private Value Comparison()
    {
        var left = Addition();
        foreach (var (sign, compare) in new (string, Func<double, double, bool>)[]
            { (">=", (a, b) => a >= b), ("<=", (a, b) => a <= b), ("==", (a, b) => a == b), ("!=", (a, b) => a != b), (">", (a, b) => a > b), ("<", (a, b) => a < b) })
        {
            if (Take(sign))
            {
                return Value.Combine(left, Addition(), (a, b) => compare(a, b) ? 1 : 0);
            }
        }
        return left;
    }

    private Value Addition()
    {
        var left = Product();
        while (true)
        {
            if (Take("+"))
            {
                left = Value.Combine(left, Product(), (a, b) => a + b);
            }
            else if (Take("-"))
            {
                left = Value.Combine(left, Product(), (a, b) => a - b);
            }
            else
            {
                return left;
            }
        }
    }

    private Value Product()
    {
        var left = Term();
        while (true)
        {
            if (Take("*"))
            {
                left = Value.Combine(left, Term(), (a, b) => a * b);
            }
            else if (Take("/"))
            {
                left = Value.Combine(left, Term(), (a, b) => b == 0 ? double.NaN : a / b);
            }
            else
            {
                return left;
            }
        }
    }

    private Value Term()
    {
        if (Take("-"))
        {
            return Value.Combine(new Value(0, null), Term(), (a, b) => a - b);
        }
        if (Take("("))
        {
            var inner = Comparison();
            Need(")");
            return inner;
        }
        Skip();
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.'))
        {
            _at++;
        }
        var word = _text[start.._at];
        return word switch
        {
            "" => throw Wrong(),
            _ when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => new Value(number, null),
            _ when Take("(") => Function(word),
            _ => _series.TryGetValue(word, out var points) ? new Value(0, points) : throw Wrong(),
        };
    }

    private Value Function(string name)
    {
        List<Value> arguments = [];
        if (name == "FILL")
        {
            arguments.Add(Comparison());
            Need(",");
            var repeat = Take("REPEAT");
            var filled = repeat ? Value.Fill(arguments[0], null, _series) : Value.Fill(arguments[0], Comparison(), _series);
            Need(")");
            return filled;
        }
        var list = Take("[");
        do
        {
            arguments.Add(Comparison());
        }
        while (Take(","));
        if (list)
        {
            Need("]");
        }
        Need(")");
        return (name, arguments) switch
        {
            ("IF", [var condition, var yes, var no]) => Value.Choose(condition, yes, no),
            ("SUM", _) => Value.Each(arguments, values => values.Sum()),
            ("AVG", _) => Value.Each(arguments, values => values.Average()),
            ("MIN", _) => Value.Each(arguments, values => values.Min()),
            ("MAX", _) => Value.Each(arguments, values => values.Max()),
            _ => throw Wrong(),
        };
    }

    private void Need(string sign)
    {
        if (!Take(sign))
        {
            throw Wrong();
        }
    }

    private bool Take(string sign)
    {
        Skip();
        var found = _text.AsSpan(_at).StartsWith(sign, StringComparison.Ordinal);
        _at += found ? sign.Length : 0;
        return found;
    }

    private void Skip()
    {
        while (_at < _text.Length && _text[_at] == ' ')
        {
            _at++;
        }
    }

    private FormatException Wrong() => new(string.Create(CultureInfo.InvariantCulture, $"Error in expression '{_text}' at {_at}."));

    private readonly record struct Value(double Number, SortedDictionary<DateTimeOffset, double>? Points)
    {
        public static Value Combine(Value left, Value right, Func<double, double, double> combine) => (left.Points, right.Points) switch
        {
            (null, null) => new Value(combine(left.Number, right.Number), null),
            ({ } points, null) => Of(points.Select(point => (point.Key, combine(point.Value, right.Number)))),
            (null, { } points) => Of(points.Select(point => (point.Key, combine(left.Number, point.Value)))),
            ({ } a, { } b) => Of(a.Where(point => b.ContainsKey(point.Key)).Select(point => (point.Key, combine(point.Value, b[point.Key])))),
        };

        public static Value Each(IReadOnlyList<Value> values, Func<IEnumerable<double>, double> combine) => Of(values
            .SelectMany(value => value.Points?.AsEnumerable() ?? []).GroupBy(point => point.Key, point => point.Value)
            .Select(group => (group.Key, combine(group))));

        public static Value Choose(Value condition, Value yes, Value no) => Of((condition.Points?.AsEnumerable() ?? []).SelectMany(point =>
        {
            var chosen = point.Value != 0 ? yes : no;
            return chosen.Points is null ? [(point.Key, chosen.Number)]
                : chosen.Points.TryGetValue(point.Key, out var value) ? [(point.Key, value)] : Array.Empty<(DateTimeOffset, double)>();
        }));

        public static Value Fill(Value value, Value? with, IReadOnlyDictionary<string, SortedDictionary<DateTimeOffset, double>> all)
        {
            double? last = null;
            return Of(all.Values.SelectMany(points => points.Keys).Distinct().Order().Select(at =>
            {
                var known = value.Points is { } points && points.TryGetValue(at, out var found) ? found : (double?)null;
                last = known ?? last;
                return (at, known ?? (with is { } filler ? filler.Points?.GetValueOrDefault(at) ?? filler.Number : last) ?? double.NaN);
            }));
        }

        private static Value Of(IEnumerable<(DateTimeOffset At, double Value)> points) => new(
            0, new SortedDictionary<DateTimeOffset, double>(points.Where(point => double.IsFinite(point.Value)).ToDictionary(point => point.At, point => point.Value)));
    }
}
