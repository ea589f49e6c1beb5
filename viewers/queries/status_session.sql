-- What did a session cost, as far as its answers have a price?
select usd from sessions where session_id = :session_id;
