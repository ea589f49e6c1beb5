-- What did an agent hand to its status line in :told?
select
    :told ->> '$.session_id' as session_id,
    :told ->> '$.model.display_name' as model,
    :told ->> '$.context_window.used_percentage' + 0.0 as context_percent,
    :told ->> '$.context_window.context_window_size' + 0 as window_tokens,
    :told ->> '$.rate_limits.five_hour.used_percentage' + 0.0 as five_hour_percent,
    :told ->> '$.rate_limits.five_hour.resets_at' + 0 as five_hour_resets_s,
    :told ->> '$.rate_limits.seven_day.used_percentage' + 0.0 as week_percent,
    :told ->> '$.rate_limits.seven_day.resets_at' + 0 as week_resets_s;
